import { nativeText } from '../../codec/native-text.ts'
import { codecOfFile } from '../compression.ts'
import type { ReadSteps } from '../read-steps.ts'
import type { FileInfo, SplitWish } from './file-splits.ts'
import type { InputFormat } from './input-format.ts'
import { decompressed } from './text-input.ts'

/** Some files that one task reads as a whole, one after the other. */
export interface WholeFilesSplit {
  readonly files: readonly FileInfo[]
}

const maxBytes = 2 ** 31

/**
 * Whole files as (path, text); compressed files are decompressed.
 *
 * @see Spark's WholeTextFileInputFormat (wholeTextFiles)
 */
export const wholeTextInputFormat = (): InputFormat<string, string, WholeFilesSplit> => ({
  name: 'WholeTextFileInputFormat',
  splits: packed,
  steps: split =>
    wholeFiles(split, function* (file) {
      const codec = codecOfFile(file.path)
      const bytes = codec === undefined ? yield* wholeFile(file) : yield* decompressed(file, codec, maxBytes)
      return nativeText(bytes).utf8Slice(0, bytes.length)
    }),
})

/**
 * Whole files as (path, bytes), as they are.
 *
 * @see Spark's StreamInputFormat (binaryFiles)
 */
export const wholeBinaryInputFormat = (): InputFormat<string, Uint8Array, WholeFilesSplit> => ({
  name: 'WholeBinaryFileInputFormat',
  splits: packed,
  steps: split => wholeFiles(split, wholeFile),
})

/** Puts files together, in their order, until a split has its share of all bytes: as many splits as wished at most, one without a wish. */
function packed(files: readonly FileInfo[], { minSplits = 1 }: SplitWish): WholeFilesSplit[] {
  const total = files.reduce((sum, file) => sum + file.size, 0)
  const share = Math.max(1, Math.ceil(total / Math.max(1, minSplits)))
  const splits: WholeFilesSplit[] = []
  let open: FileInfo[] = []
  let [bytes, left] = [0, total]
  for (const file of files) {
    open.push(file)
    bytes += file.size
    left -= file.size
    // Empty files at the end belong to the last split.
    if (bytes < share || left === 0) continue
    splits.push({ files: open })
    open = []
    bytes = 0
  }
  if (open.length > 0) splits.push({ files: open })
  return splits
}

function* wholeFiles<V>(split: WholeFilesSplit, read: (file: FileInfo) => ReadSteps<never, V>): ReadSteps<[string, V]> {
  for (const file of split.files) yield { kind: 'records', records: [[file.path, yield* read(file)]] }
}

function* wholeFile({ path, size }: FileInfo): ReadSteps<never, Uint8Array> {
  if (size === 0) return new Uint8Array(0)
  const bytes = yield { kind: 'read', path, position: 0, length: size }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) // No Buffer: this is a record.
}
