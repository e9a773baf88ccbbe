import type { ReadSteps } from '../read-steps.ts'
import { DataInput } from './data-input.ts'
import { syncEscape } from './header.ts'
import type { OpenSequenceFile } from './read-sequence-file.ts'
import { readWhole } from './read-records.ts'
import { corruptAt, type SequenceWindow } from './sequence-window.ts'
import type { Writable } from './writables.ts'

const longestVint = 5

/** The records of the blocks that begin, where the window stands or behind it, before `end`. */
export function* readBlocks(file: OpenSequenceFile, end: number): ReadSteps<[unknown, unknown]> {
  const { window } = file
  while (window.left > 0 && window.position < end) {
    const begin = window.position
    const escape = yield* window.int32('a block')
    if (escape !== syncEscape) throw corruptAt(window, begin, 'a block does not begin with a sync marker')
    yield* window.passSync(file.header.sync)
    yield { kind: 'records', records: yield* readBlock(file, begin) }
  }
}

function* readBlock(file: OpenSequenceFile, begin: number): ReadSteps<never, [unknown, unknown][]> {
  const count = yield* vint(file.window)
  if (count < 0) throw corruptAt(file.window, begin, `a block of ${count} records`)
  const keyLengths = yield* readBuffer(file)
  const keys = yield* readBuffer(file)
  const valueLengths = yield* readBuffer(file)
  const values = yield* readBuffer(file)
  // A length takes a byte at least: so the count is bounded by bytes that are there.
  if (count > keyLengths.left || count > valueLengths.left)
    throw corruptAt(file.window, begin, `a block of ${count} records has lengths for ${keyLengths.left}`)
  const records: [unknown, unknown][] = []
  for (let i = 0; i < count; i++) {
    records.push([readOne(file.key, keyLengths, keys), readOne(file.value, valueLengths, values)])
  }
  for (const part of [keyLengths, keys, valueLengths, values])
    if (part.left > 0) throw part.corrupt(`${part.left} bytes follow the ${count} records of a block`)
  return records
}

/** One key or value, of exactly the bytes that its length gives it. */
function readOne(writable: Writable, lengths: DataInput, input: DataInput): unknown {
  const { end } = input
  const begin = input.take(lengths.vint())
  const value = readWhole(writable, input, begin, input.at)
  input.end = end
  return value
}

/** One of the four compressed parts of a block. */
function* readBuffer({ window, decompress }: OpenSequenceFile): ReadSteps<never, DataInput> {
  const begin = window.position
  const length = yield* vint(window)
  if (length < 0) throw corruptAt(window, begin, `a part of a block of ${length} bytes`)
  if (window.held < length) yield* window.need(length, 'a part of a block')
  const position = window.position
  const stored = window.buffer.subarray(window.at, window.at + length)
  window.at += length
  return new DataInput(window.path).open(decompress!(stored, position), position, true)
}

function* vint(window: SequenceWindow): ReadSteps<never, number> {
  if (window.held < longestVint) yield* window.fill(longestVint)
  const input = new DataInput(window.path)
  input.open(window.buffer.subarray(window.at, window.at + longestVint), window.position, false)
  const value = input.vint()
  window.at += input.at
  return value
}
