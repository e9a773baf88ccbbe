import { DStreamError } from '../errors/dstream-error.ts'

/** A SequenceFile whose bytes cannot be what a writer wrote: cut off, overwritten, or no SequenceFile at all. */
export class CorruptSequenceFileError extends DStreamError<'CORRUPT_SEQUENCE_FILE'> {
  /** The file, as it was named to the reader. */
  readonly file: string
  /** The byte of the file at which reading ended. */
  readonly position: number

  constructor(file: string, position: number, what: string, cause?: unknown) {
    super('CORRUPT_SEQUENCE_FILE', `The SequenceFile ${file} is corrupt at byte ${position}: ${what}`, {
      hint: 'Was the file written to its end? Compare its size with the original; the records before this byte are readable.',
      ...(cause === undefined ? {} : { cause }),
    })
    this.file = file
    this.position = position
  }
}

export const unsupportedSequenceFile = (file: string, what: string, hint: string): DStreamError =>
  new DStreamError('UNSUPPORTED_SEQUENCE_FILE', `The SequenceFile ${file} cannot be read here: ${what}`, { hint })

export const corruptCompressedFile = (file: string, cause: unknown): DStreamError =>
  new DStreamError(
    'CORRUPT_COMPRESSED_FILE',
    `The compressed file ${file} cannot be decompressed: ${cause instanceof Error ? cause.message : String(cause)}`,
    { hint: 'Was it written to its end, and does its name end as its compression is?', cause },
  )

export const unknownCodec = (name: string): DStreamError =>
  new DStreamError('UNKNOWN_COMPRESSION_CODEC', `Compression codec ${name} not found.`, {
    hint: 'Known are DefaultCodec (deflate), GzipCodec (gzip) and ZStandardCodec (zstd).',
  })
