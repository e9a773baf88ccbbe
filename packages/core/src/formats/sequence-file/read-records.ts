import type { ReadSteps } from '../read-steps.ts'
import { DataInput } from './data-input.ts'
import { syncEscape } from './header.ts'
import type { OpenSequenceFile } from './read-sequence-file.ts'
import { corruptAt } from './sequence-window.ts'

const chunkRecords = 1024
const chunkBytes = 1 << 20

/** The records from where the window stands, up to the first sync marker at or behind `end`, of a file that is not compressed in blocks. */
export function* readRecords(file: OpenSequenceFile, end: number): ReadSteps<[unknown, unknown]> {
  const { window } = file
  const input = new DataInput(window.path)
  let records: [unknown, unknown][] = []
  let bytes = 0
  while (window.left > 0) {
    const begin = window.position
    let length = yield* window.int32('the length of a record')
    if (length === syncEscape) {
      if (begin >= end) break
      yield* window.passSync(file.header.sync)
      if (window.left === 0) break
      length = yield* window.int32('the length of a record')
    }
    records.push(yield* readRecord(file, input, length))
    bytes += length
    if (records.length === chunkRecords || bytes >= chunkBytes) {
      yield { kind: 'records', records }
      records = []
      bytes = 0
    }
  }
  if (records.length > 0) yield { kind: 'records', records }
}

function* readRecord(
  { window, key, value, decompress }: OpenSequenceFile,
  input: DataInput,
  length: number,
): ReadSteps<never, [unknown, unknown]> {
  const begin = window.position
  if (length < 0) throw corruptAt(window, begin - 4, `the length of a record is ${length}`)
  if (window.held < length + 4) yield* window.need(length + 4, 'a record')
  const keyLength = window.buffer.readInt32BE(window.at)
  if (keyLength < 0 || keyLength > length)
    throw corruptAt(window, begin, `a key of ${keyLength} bytes in a record of ${length}`)
  const from = window.at + 4
  window.at = from + length
  input.open(window.buffer.subarray(from, from + keyLength), begin + 4, false)
  const k = key.read(input)
  if (input.left > 0) throw input.corrupt(`${input.left} bytes follow the key that was read as ${key.className}`)
  const valueAt = begin + 4 + keyLength
  const stored = window.buffer.subarray(from + keyLength, from + length)
  input.open(decompress === undefined ? stored : decompress(stored, valueAt), valueAt, decompress !== undefined)
  const v = value.read(input)
  if (input.left > 0) throw input.corrupt(`${input.left} bytes follow the value that was read as ${value.className}`)
  return [k, v]
}
