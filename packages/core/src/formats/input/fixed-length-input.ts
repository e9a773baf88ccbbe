import { DStreamError } from '../../errors/dstream-error.ts'
import { FileWindow } from '../file-window.ts'
import type { ReadSteps } from '../read-steps.ts'
import { fileSplits, type FileSplit } from './file-splits.ts'
import type { InputFormat } from './input-format.ts'

/** How records of one length are read. */
export interface FixedLengthOptions {
  /** Bytes of each record. */
  readonly recordLength: number
  /** What the keys are: the record's number within its file (Spark's format) or its first byte (Hadoop's). `number` by default. */
  readonly keys?: 'number' | 'position'
}

const chunkRecords = 1024

/**
 * Binary records that all have one length. A split has the records that begin in it, so files may be cut anywhere.
 *
 * @throws DStreamError RECORD_LENGTH for a length that is no whole number above 0; PARTIAL_RECORD when read, where the last record of a file is cut off
 * @see Spark's FixedLengthBinaryInputFormat, Hadoop's FixedLengthInputFormat
 */
export function fixedLengthBinaryInputFormat({
  recordLength,
  keys = 'number',
}: FixedLengthOptions): InputFormat<number, Uint8Array> {
  if (!Number.isSafeInteger(recordLength) || recordLength <= 0) {
    throw new DStreamError(
      'RECORD_LENGTH',
      `Fixed record length ${recordLength} is invalid.  It should be set to a value greater than zero`,
      { hint: 'Give the number of bytes of each record.' },
    )
  }
  return {
    name: 'FixedLengthBinaryInputFormat',
    splits: (files, wish) =>
      alignedSplits(
        files.map(file => fileSplits([file], wish)),
        recordLength,
      ),
    steps: split => recordSteps(split, recordLength, keys === 'number' ? recordLength : 1),
  }
}

/** Moves the cuts to where records begin, and drops splits in which none does. */
const alignedSplits = (files: readonly FileSplit[][], recordLength: number): FileSplit[] =>
  files.flat().flatMap(split => {
    const start = firstRecord(split.start, recordLength)
    const end = split.start + split.length
    const stop = end >= split.size ? split.size : firstRecord(end, recordLength)
    return start < stop ? [{ ...split, start, length: Math.min(stop, split.size) - start }] : []
  })

const firstRecord = (position: number, recordLength: number): number =>
  Math.ceil(position / recordLength) * recordLength

function* recordSteps(split: FileSplit, recordLength: number, keyBytes: number): ReadSteps<[number, Uint8Array]> {
  const window = new FileWindow(split.path, split.size)
  const end = Math.min(split.start + split.length, split.size)
  window.seek(firstRecord(split.start, recordLength))
  let records: [number, Uint8Array][] = []
  while (window.position < end) {
    if (window.held < recordLength && !(yield* window.fill(recordLength))) throw partialRecord(split.path, window.held)
    const bytes = new Uint8Array(window.buffer.subarray(window.at, window.at + recordLength))
    records.push([window.position / keyBytes, bytes])
    window.at += recordLength
    if (records.length < chunkRecords) continue
    yield { kind: 'records', records }
    records = []
  }
  if (records.length > 0) yield { kind: 'records', records }
}

const partialRecord = (path: string, bytes: number): DStreamError =>
  new DStreamError('PARTIAL_RECORD', `Partial record(length = ${bytes}) found at the end of split.`, {
    hint: `The size of ${path} is no multiple of the record length: is the length right, and has the file been written to its end?`,
  })
