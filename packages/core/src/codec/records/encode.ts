import { classRegistry, type ClassRegistry } from '../classes.ts'
import { sharedBytes } from '../shared-bytes.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Column, Planning } from './column.ts'
import { headerBytes, headerCheck, version } from './format.ts'
import { planColumn } from './plan-column.ts'
import { SharedObject, writeColumn } from './write-column.ts'

/** How records are encoded. */
export interface EncodeOptions {
  /** Gives the memory for a block of that many bytes, at a multiple of 8; a new SharedArrayBuffer by default. */
  readonly allocate?: (byteLength: number) => Uint8Array<SharedArrayBuffer>
  /** Names the classes of instances; this thread's registry by default. */
  readonly classes?: ClassRegistry
}

/**
 * Encodes records into one block of shared memory, which any thread decodes in place.
 *
 * Column-wise where records are alike (all strings, numbers, booleans, tuples of one length, objects of one shape, lists of primitives), value by
 * value where not; what comes back is the same in both cases (docs/records.md has a row for each kind of value). References that are shared
 * inside one record are kept, cycles too; between records they are not.
 *
 * @throws DStreamError RECORD_NOT_ENCODABLE naming the path to a function, symbol, promise, …
 * @throws DStreamError CLASS_NOT_REGISTERED for an instance whose class cannot travel
 * @example
 * decodeRecords(encodeRecords([['hello', 1], ['world', 2]])) // => [['hello', 1], ['world', 2]]
 */
export function encodeRecords(records: readonly unknown[], options: EncodeOptions = {}): Uint8Array<SharedArrayBuffer> {
  return encodeBlock(
    records.length,
    options,
    planning => planColumn(records, planning, 0, ''),
    () => records,
  )
}

/**
 * Encodes pairs given as two columns, without making an array for each. The block is the one that encodeRecords makes of
 * the pairs: decodeRecords reads it too.
 *
 * @param keys as many as `values`
 * @example
 * decodeRecords(encodePairs(['a', 'b'], [1, 2])) // => [['a', 1], ['b', 2]]
 */
export function encodePairs(
  keys: readonly unknown[],
  values: readonly unknown[],
  options: EncodeOptions = {},
): Uint8Array<SharedArrayBuffer> {
  if (keys.length !== values.length) throw new RangeError(`${keys.length} keys and ${values.length} values`)
  const plan = (planning: Planning): Column => ({
    kind: 'tuple',
    parts: [planColumn(keys, planning, 1, '[0]'), planColumn(values, planning, 1, '[1]')],
  })
  return encodeBlock(keys.length, options, plan, () => keys.map((key, i) => [key, values[i]]))
}

/** Threads encode one block at a time, so one scratch buffer is enough; a class that encodes while it is encoded gets its own. */
let idle: ByteWriter | undefined = new ByteWriter()

function encodeBlock(
  count: number,
  options: EncodeOptions,
  plan: (planning: Planning) => Column,
  records: () => readonly unknown[],
): Uint8Array<SharedArrayBuffer> {
  const out = idle ?? new ByteWriter()
  idle = undefined
  try {
    writeBlock(out, count, options.classes ?? classRegistry(), plan, records)
    const block = (options.allocate ?? sharedBytes)(out.at)
    block.set(out.bytes.subarray(0, out.at))
    return block
  } finally {
    out.reset()
    idle = out
  }
}

function writeBlock(
  out: ByteWriter,
  count: number,
  registry: ClassRegistry,
  plan: (planning: Planning) => Column,
  records: () => readonly unknown[],
): void {
  const planning: Planning = { registry, places: [], structured: 0 }
  const column = count === 0 ? ({ kind: 'constant', value: undefined } as const) : plan(planning)
  try {
    if (sharesObjects(planning)) throw new SharedObject()
    out.reset()
    out.at = headerBytes
    writeColumn(out, column, count, planning)
  } catch (error) {
    if (!(error instanceof SharedObject)) throw error
    out.reset()
    out.at = headerBytes
    writeColumn(out, { kind: 'structured', values: records(), path: '' }, count, {
      registry,
      places: [],
      structured: 1,
    })
  }
  writeHeader(out, count)
}

/** Is some object in two places of one record? Two structured columns may share what is inside them: that is not looked for. */
function sharesObjects({ places, structured }: Planning): boolean {
  if (structured > 1) return true
  for (let a = 0; a < places.length; a++) {
    for (let b = a + 1; b < places.length; b++) {
      const [these, those] = [places[a]!, places[b]!]
      for (let i = 0; i < these.length; i++) if (these[i] === those[i]) return true
    }
  }
  return false
}

function writeHeader(out: ByteWriter, count: number): void {
  out.align()
  out.view.setUint32(0, version, true)
  out.view.setUint32(4, out.at, true)
  out.view.setUint32(8, count, true)
  out.view.setUint32(12, headerCheck(out.at, count), true)
}
