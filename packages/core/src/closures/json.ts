import { sharedCopy } from '../codec/shared-bytes.ts'
import type { ClosureGraph } from './closure.ts'
import { ClosureFormatError } from './check-graph.ts'
import { SHAPES, type Kind } from './format.ts'

/**
 * A graph as JSON holds it: the same table, with bytes as base64. A SharedArrayBuffer comes back as another one with the same content.
 */
export function graphToJson(graph: ClosureGraph): unknown {
  const entries = graph.entries.map(entry => {
    const result: Record<string, unknown> = { ...(entry as object) }
    for (const [field, value] of Object.entries(result)) {
      if (value instanceof Uint8Array) result[field] = Buffer.from(value).toString('base64')
      else if (value instanceof SharedArrayBuffer) result[field] = Buffer.from(new Uint8Array(value)).toString('base64')
    }
    return result
  })
  return { version: graph.version, root: graph.root, entries }
}

/** The graph that `graphToJson` made JSON of. Its content is checked when it is instantiated. */
export function graphFromJson(json: unknown): ClosureGraph {
  const { entries } = (json ?? {}) as { entries?: unknown }
  if (!Array.isArray(entries)) throw new ClosureFormatError('it has no entries')
  const restored = entries.map((entry: unknown) => {
    const result: Record<string, unknown> = { ...(entry as object) }
    const shape = Object.entries(SHAPES[result['kind'] as Kind] ?? {})
    for (const [field, type] of shape) {
      const text = result[field]
      if (typeof text !== 'string' || (type !== 'bytes' && type !== 'sab')) continue
      const bytes = new Uint8Array(Buffer.from(text, 'base64'))
      result[field] = type === 'bytes' ? bytes : sharedCopy(bytes).buffer
    }
    return result
  })
  return { ...(json as ClosureGraph), entries: restored as unknown as ClosureGraph['entries'] }
}
