import { builtinFactory } from './builtins.ts'
import type { Closure, TaskFunction } from './closure.ts'
import { checkGraph } from './check-graph.ts'
import { eachRef, type Entry, type Ref } from './format.ts'
import { GraphBuilder } from './graph-builder.ts'
import { importedValue, loadImport } from './imports.ts'
import type { ImportOrigin } from './origin.ts'
// Makes captured instances that have a codec; a worker loads this module and not those that capture.
import './register-codec.ts'
import { sharedEntries } from './sharing.ts'

/** A task function ready to be called. */
export type Runnable = (...args: unknown[]) => unknown

/** What is known of a closure after reading it once. */
interface Plan {
  readonly entries: readonly Entry[]
  readonly root: Ref
  readonly shared: readonly boolean[]
  /** Shared entries, made once. */
  readonly made: Map<Ref, unknown>
}

/**
 * Makes task functions run again, in a worker or in the driver. Code is compiled once; captured values are fresh for each `instantiate`,
 * except what provably does not change (see sharing.ts), so nothing leaks from one task to the next.
 *
 * @example
 * const f = capture((line: string) => line.length, { operator: 'map', async: 'refused' })
 * const instantiator = new Instantiator()
 * await instantiator.prepare([f]) // loads the packages that f imports
 * instantiator.instantiate(f)('a record') // => 8
 */
export class Instantiator {
  readonly #plans = new Map<string, Plan>()
  readonly #remembered: number

  /** @param remembered how many closures are kept ready; the least recently used go first. */
  constructor(remembered = 2000) {
    this.#remembered = remembered
  }

  /** Loads what the functions import. Also registers their classes, so that
   * records of them can be decoded. Needed before `instantiate` when a package is imported; costs nothing the second time. */
  async prepare(functions: Iterable<TaskFunction>): Promise<void> {
    const pending: Promise<void>[] = []
    const imports: ImportOrigin[] = []
    const withClasses: Plan[] = []
    for (const f of functions) {
      if (f.kind === 'builtin') {
        pending.push(this.prepare(f.functions))
        continue
      }
      const plan = this.#plan(f)
      for (const entry of plan.entries) if (entry.kind === 'import') imports.push(entry)
      if (plan.entries.some(entry => entry.kind === 'class')) withClasses.push(plan)
    }
    await Promise.all([...pending, ...imports.map(loadImport)])
    // Records of these classes may arrive before any function that makes one is called.
    for (const entry of imports) importedValue(entry)
    for (const { entries, shared, made } of withClasses)
      entries.forEach((entry, ref) => entry.kind === 'class' && new GraphBuilder(entries, shared, made).build(ref))
  }

  /**
   * The function, with fresh captured values. One call per task.
   *
   * @throws ClosureFormatError the closure's data is damaged
   * @throws DStreamError IMPORT_NOT_PREPARED, BUILTIN_UNKNOWN
   */
  instantiate(f: TaskFunction): Runnable {
    if (f.kind === 'builtin')
      return builtinFactory(f.name)(
        f.functions.map(part => this.instantiate(part)),
        f.data,
      ) as Runnable
    const plan = this.#plan(f)
    return new GraphBuilder(plan.entries, plan.shared, plan.made).build(plan.root) as Runnable
  }

  /** Lets go of what is kept ready for a function and of what it captured. Used again, it is made again. */
  forget(f: TaskFunction): void {
    if (f.kind === 'builtin') for (const part of f.functions) this.forget(part)
    else this.#plans.delete(f.id)
  }

  #plan(closure: Closure): Plan {
    let plan = this.#plans.get(closure.id)
    if (plan === undefined) {
      const { graph } = closure
      const entries = checkGraph(graph)
      const shared = sharedEntries(entries, reachableFrom(entries, graph.root))
      plan = { entries, root: graph.root, shared, made: new Map() }
      if (this.#plans.size >= this.#remembered) this.#plans.delete(this.#plans.keys().next().value as string)
    } else this.#plans.delete(closure.id)
    // The most recently used is the last one in the map.
    this.#plans.set(closure.id, plan)
    return plan
  }
}

/** Everything that a root holds on to, in breadth-first order. What is behind a class belongs to the class. */
export function reachableFrom(entries: readonly Entry[], root: Ref, throughClasses = false): Ref[] {
  const order = [root]
  const seen = new Set(order)
  for (let at = 0; at < order.length; at++) {
    const entry = entries[order[at] as Ref] as Entry
    if (entry.kind === 'class' && !throughClasses) continue
    eachRef(entry, ref => {
      if (seen.has(ref)) return
      seen.add(ref)
      order.push(ref)
    })
  }
  return order
}
