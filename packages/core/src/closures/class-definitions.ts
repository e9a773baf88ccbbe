import type { Closure } from './closure.ts'
import { withRefs, type Entry, type Ref } from './format.ts'
import { graphIdOf } from './identity.ts'
import { reachableFrom } from './instantiate.ts'

/** The classes that a function brings along, by id, each as a closure of its own: to tell them to threads before any function that uses them arrives there. */
export function classDefinitionsOf({ graph, site }: Closure): (readonly [id: string, definition: Closure])[] {
  return graph.entries.flatMap((entry, ref) =>
    entry.kind === 'class' ? [[entry.id, definition(graph.entries, ref, site)] as const] : [],
  )
}

function definition(all: readonly Entry[], root: Ref, site: string): Closure {
  const order = reachableFrom(all, root, true)
  const places = new Map(order.map((ref, place) => [ref, place]))
  const entries = order.map(ref => withRefs(all[ref] as Entry, r => places.get(r) as number))
  const id = graphIdOf(entries, 0)
  return { kind: 'closure', id, codeId: id, name: '', site, async: false, graph: { version: 1, root: 0, entries } }
}

/** Every closure inside of plain data. */
export function closuresIn(data: unknown): Closure[] {
  const found: Closure[] = []
  const ahead = [data]
  while (ahead.length > 0) {
    const value = ahead.pop()
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
    if ((value as { kind?: unknown }).kind === 'closure') found.push(value as Closure)
    else ahead.push(...Object.values(value))
  }
  return found
}
