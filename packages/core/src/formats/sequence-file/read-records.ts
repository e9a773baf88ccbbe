import type { ReadSteps } from '../read-steps.ts'
import { DataInput } from './data-input.ts'
import { syncEscape } from './header.ts'
import type { OpenSequenceFile } from './read-sequence-file.ts'
import { corruptAt } from './sequence-window.ts'
import type { Writable } from './writables.ts'

const chunkRecords = 1024
const chunkBytes = 1 << 20

/** The records from where the window stands, up to the first sync marker at or behind `end`, of a file that is not compressed in blocks. */
export function* readRecords(file: OpenSequenceFile, end: number): ReadSteps<[unknown, unknown]> {
  const { window } = file
  const input = new DataInput(window.path)
  let opened: Uint8Array | undefined
  let records: [unknown, unknown][] = []
  let bytes = 0
  while (window.left > 0) {
    const begin = window.position
    let length = window.held < 4 ? yield* window.int32(recordLength) : window.heldInt32()
    if (length === syncEscape) {
      if (begin >= end) break
      yield* window.passSync(file.header.sync)
      if (window.left === 0) break
      length = yield* window.int32(recordLength)
    }
    if (length < 0) throw corruptAt(window, window.position - 4, `the length of a record is ${length}`)
    if (window.held < length + 4) yield* window.need(length + 4, 'a record')
    if (opened !== window.buffer) {
      opened = window.buffer
      input.open(opened, window.position - window.at, false)
    }
    records.push(recordAt(file, input, length))
    bytes += length
    if (records.length === chunkRecords || bytes >= chunkBytes) {
      yield { kind: 'records', records }
      records = []
      bytes = 0
    }
  }
  if (records.length > 0) yield { kind: 'records', records }
}

const recordLength = 'the length of a record'

/** The record whose bytes are in the window: the length of its key, then `length` bytes of key and value. Moves the window behind it. */
function recordAt(
  { window, key, value, decompress }: OpenSequenceFile,
  input: DataInput,
  length: number,
): [unknown, unknown] {
  const keyLength = window.heldInt32()
  if (keyLength < 0 || keyLength > length)
    throw corruptAt(window, window.position - 4, `a key of ${keyLength} bytes in a record of ${length}`)
  const keyAt = window.at
  const valueAt = keyAt + keyLength
  const stop = keyAt + length
  const k = readWhole(key, input, keyAt, valueAt)
  if (decompress === undefined) {
    const v = readWhole(value, input, valueAt, stop)
    window.at = stop
    return [k, v]
  }
  const position = window.position + keyLength
  const bytes = decompress(window.buffer.subarray(valueAt, stop), position)
  window.at = stop
  return [k, readWhole(value, new DataInput(window.path).open(bytes, position, true), 0, bytes.length)]
}

/** Reads a key or value that has all bytes of `input` from `begin` to `end`. */
export function readWhole(writable: Writable, input: DataInput, begin: number, end: number): unknown {
  input.at = begin
  input.end = end
  const value = writable.read(input)
  if (input.at !== end)
    throw input.corrupt(`${end - input.at} bytes are left of what was read as ${writable.className}`)
  return value
}
