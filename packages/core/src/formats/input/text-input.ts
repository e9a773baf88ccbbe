import { pipeline, type Transform } from 'node:stream'
import { bytesSource, type AsyncByteSource, type AsyncFileAccess } from '../byte-source.ts'
import { codecOfFile, type CompressionCodec } from '../compression.ts'
import { corruptCompressedFile } from '../errors.ts'
import { readAtOnce, readLater, type ReadSteps } from '../read-steps.ts'
import { fileSplits, type FileSplit } from './file-splits.ts'
import type { InputFormat } from './input-format.ts'
import { lineSteps } from './line-steps.ts'

/** How text is read. */
export interface TextInputOptions {
  /** What a compressed file may decompress to where it is read at once (it is held in memory then); 2 GB by default. */
  readonly maxBytes?: number
}

const defaultMaxBytes = 2 ** 31
const pieceBytes = 256 * 1024

/**
 * Lines, with the byte of the file at which each begins as key. Files whose names end in `.gz`, `.deflate` or `.zst` are decompressed, several members one
 * behind the other too, and are one split each; the bytes are counted in what was decompressed.
 *
 * @see Hadoop's TextInputFormat
 */
export const textInputFormat = ({ maxBytes = defaultMaxBytes }: TextInputOptions = {}): InputFormat<
  number,
  string
> => ({
  name: 'TextInputFormat',
  splits: (files, wish) => fileSplits(files, wish, file => codecOfFile(file.path) === undefined),
  steps: split => {
    const codec = codecOfFile(split.path)
    return codec === undefined
      ? lineSteps({ path: split.path, size: split.size, start: split.start, end: split.start + split.length })
      : compressedSteps(split, codec, maxBytes)
  },
  later: (split, files) => {
    const codec = codecOfFile(split.path)
    return codec?.stream === undefined ? undefined : streamedLines(split, files, codec)
  },
})

function* compressedSteps(split: FileSplit, codec: CompressionCodec, maxBytes: number): ReadSteps<[number, string]> {
  const { path } = split
  const bytes = yield* decompressed(split, codec, maxBytes)
  const lines = lineSteps({ path, size: bytes.length, start: 0, end: bytes.length })
  for (const records of readAtOnce(lines, () => bytesSource(bytes))) yield { kind: 'records', records }
}

/** All of a compressed file. @throws DStreamError CORRUPT_COMPRESSED_FILE */
export function* decompressed(
  { path, size }: { readonly path: string; readonly size: number },
  codec: CompressionCodec,
  maxBytes: number,
): ReadSteps<never, Uint8Array> {
  const stored = yield { kind: 'read', path, position: 0, length: size }
  try {
    return codec.decompress(stored, maxBytes)
  } catch (error) {
    throw corruptCompressedFile(path, error)
  }
}

/** The lines of a compressed file, which is never held as a whole. */
async function* streamedLines(
  { path, size }: FileSplit,
  files: AsyncFileAccess,
  codec: CompressionCodec,
): AsyncGenerator<[number, string][]> {
  const source = await files.open(path)
  // The end of either, and an error, are met by who reads the output.
  const output = pipeline(pieces(source, size), codec.stream!(), () => {})
  try {
    yield* readLater(lineSteps({ path, size: Infinity, start: 0, end: Infinity }), () =>
      Promise.resolve(inOrder(output, path)),
    )
  } finally {
    output.destroy()
    await source.close()
  }
}

async function* pieces(source: AsyncByteSource, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size;) {
    const piece = await source.read(at, Math.min(pieceBytes, size - at))
    if (piece.length === 0) return
    yield piece
    at += piece.length
  }
}

/** A stream as a source that is read from its beginning to its end. */
function inOrder(stream: Transform, path: string): AsyncByteSource {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return {
    size: Infinity,
    read: async () => {
      try {
        const { done, value } = await chunks.next()
        return done === true ? new Uint8Array(0) : value
      } catch (error) {
        throw corruptCompressedFile(path, error)
      }
    },
    close: () => Promise.resolve(),
  }
}
