import { bytesSource, type ByteSource } from '../byte-source.ts'
import { findCodec } from '../compression.ts'
import { unsupportedSequenceFile } from '../errors.ts'
import { readAtOnce, type ReadSteps } from '../read-steps.ts'
import { readHeader, type SequenceFileHeader } from './header.ts'
import { readBlocks } from './read-blocks.ts'
import { readRecords } from './read-records.ts'
import { corruptAt, SequenceWindow } from './sequence-window.ts'
import { seekToSplit } from './split.ts'
import { findWritable, type LongsAs, type Writable } from './writables.ts'

/** How SequenceFiles are read. */
export interface SequenceReadOptions {
  /** What a LongWritable is: `auto` (by default) a number where that is exact and else a bigint, or always `bigint`. */
  readonly longs?: LongsAs
  /** Classes of one's own, beside Hadoop's. */
  readonly writables?: readonly Writable[]
  /** What one compressed value, or one part of a compressed block, may decompress to; 512 MB by default. */
  readonly maxBytes?: number
}

/** A range of a file, in bytes. */
export interface SequenceRange {
  readonly start: number
  readonly length: number
}

/** A SequenceFile whose header has been read. */
export interface OpenSequenceFile {
  readonly window: SequenceWindow
  readonly header: SequenceFileHeader
  readonly key: Writable
  readonly value: Writable
  /** Absent where nothing is compressed. `filePosition` is for the error. */
  readonly decompress: ((bytes: Uint8Array, filePosition: number) => Uint8Array) | undefined
}

/** As long as a string of V8 can be. */
const defaultMaxBytes = 512 * 1024 * 1024

/**
 * The pairs of a range of a SequenceFile, in pieces: those of the records that follow a sync marker at or after the range's start and before its end. So
 * each record is in exactly one of the ranges that a file is cut into, wherever it is cut.
 *
 * Every length is checked against the bytes that are there before memory is taken for it.
 *
 * @throws DStreamError CORRUPT_SEQUENCE_FILE with file and position; UNSUPPORTED_SEQUENCE_FILE for a version, class or codec that is not known
 * @see Hadoop's SequenceFileRecordReader
 * @example
 * for (const pairs of readSequenceFile(localFiles.open('part-00000'))) console.log(pairs) // [['hello', 1], …]
 */
export function readSequenceFile(
  source: ByteSource,
  range: SequenceRange = { start: 0, length: source.size },
  options: SequenceReadOptions = {},
  path = 'bytes',
): Generator<[unknown, unknown][], void, undefined> {
  return readAtOnce(sequenceSteps({ path, size: source.size, ...range }, options), () => source)
}

/** All pairs of a SequenceFile in memory. */
export const sequenceFilePairs = (bytes: Uint8Array, options: SequenceReadOptions = {}): [unknown, unknown][] =>
  [...readSequenceFile(bytesSource(bytes), undefined, options)].flat()

/** The header of a SequenceFile: classes, compression, metadata. @throws DStreamError CORRUPT_SEQUENCE_FILE */
export function sequenceFileHeader(source: ByteSource, path = 'bytes'): SequenceFileHeader {
  const steps = readHeader(new SequenceWindow(path, source.size))
  for (let step = steps.next(new Uint8Array(0)); ;) {
    if (step.done) return step.value
    if (step.value.kind === 'read') step = steps.next(source.read(step.value.position, step.value.length))
  }
}

/** A part of a file of a known size. */
export interface SequenceSplit extends SequenceRange {
  readonly path: string
  readonly size: number
}

/** The reading of a split of a SequenceFile, as steps. `onHeader` may look at its header, and refuse it. */
export function* sequenceSteps(
  split: SequenceSplit,
  options: SequenceReadOptions = {},
  onHeader: (header: SequenceFileHeader) => void = () => {},
): ReadSteps<[unknown, unknown]> {
  const window = new SequenceWindow(split.path, split.size)
  const header = yield* readHeader(window)
  onHeader(header)
  const file = openFile(window, header, options)
  const end = Math.min(split.start + split.length, split.size)
  yield* seekToSplit(window, header.sync, split.start)
  if (window.position >= end) return
  yield* header.compression === 'block' ? readBlocks(file, end) : readRecords(file, end)
}

function openFile(window: SequenceWindow, header: SequenceFileHeader, options: SequenceReadOptions): OpenSequenceFile {
  return {
    window,
    header,
    key: writableOf(window.path, header.keyClass, options),
    value: writableOf(window.path, header.valueClass, options),
    decompress: decompressorOf(window, header, options.maxBytes ?? defaultMaxBytes),
  }
}

function writableOf(path: string, className: string, { writables, longs }: SequenceReadOptions): Writable {
  const found = findWritable(className, writables, longs)
  if (found !== undefined) return found
  throw unsupportedSequenceFile(
    path,
    `its keys or values are of the class ${className}`,
    'Known are Text, NullWritable, BytesWritable and the Int-, Long-, Float-, Double- and BooleanWritable; give others as `writables`.',
  )
}

function decompressorOf(
  window: SequenceWindow,
  header: SequenceFileHeader,
  maxBytes: number,
): OpenSequenceFile['decompress'] {
  if (header.codec === undefined) return undefined
  const codec = findCodec(header.codec)
  if (codec === undefined) {
    throw unsupportedSequenceFile(
      window.path,
      `it is compressed with ${header.codec}`,
      'DefaultCodec, GzipCodec and ZStandardCodec are known here; write it with one of these.',
    )
  }
  return (bytes, filePosition) => {
    try {
      return codec.decompress(bytes, maxBytes)
    } catch (error) {
      throw corruptAt(
        window,
        filePosition,
        `${codec.name} data cannot be decompressed (${(error as Error).message})`,
        error,
      )
    }
  }
}
