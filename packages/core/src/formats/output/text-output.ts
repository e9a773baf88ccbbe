import { textOf } from '../../codec/index.ts'
import { codecOf, type CompressionCodec } from '../compression.ts'
import type { OutputFormat, PairEncoder } from './output-format.ts'

/** How text is written. */
export interface TextOutputOptions {
  /** Between key and value; a TAB by default. */
  readonly separator?: string
  /** Compresses the files: `gzip`, `deflate`, `zstd`, or Hadoop's class. */
  readonly codec?: string
}

/**
 * A line for each pair: key, TAB, value, as `textOf` writes them. Without the TAB where key or value is null or undefined; a pair of two of them is no line.
 *
 * @throws DStreamError UNKNOWN_COMPRESSION_CODEC
 * @see Hadoop's TextOutputFormat
 */
export function textOutputFormat({ separator = '\t', codec }: TextOutputOptions = {}): OutputFormat {
  const compression = codec === undefined ? undefined : codecOf(codec)
  return {
    name: 'TextOutputFormat',
    extension: compression?.extension ?? '',
    encoder: () => new LineEncoder(separator, compression),
  }
}

/** A file is compressed in members of about this size, one behind the other: readers take them for one file. */
const memberBytes = 4 * 1024 * 1024
const textPiece = 32 * 1024

class LineEncoder implements PairEncoder {
  readonly #separator: string
  readonly #compression: CompressionCodec | undefined
  #text = ''
  #plain: Buffer[] = []
  #plainBytes = 0
  #stored: Uint8Array[] = []
  #members = 0
  pending = 0

  constructor(separator: string, compression: CompressionCodec | undefined) {
    this.#separator = separator
    this.#compression = compression
  }

  append(key: unknown, value: unknown): void {
    const noKey = key === null || key === undefined
    const noValue = value === null || value === undefined
    if (noKey && noValue) return
    this.#text += noKey
      ? `${textOf(value)}\n`
      : noValue
        ? `${textOf(key)}\n`
        : `${textOf(key)}${this.#separator}${textOf(value)}\n`
    if (this.#text.length >= textPiece) this.#encode()
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#stored)
    this.#stored = []
    this.pending = 0
    return bytes
  }

  finish(): Uint8Array {
    this.#encode()
    if (this.#plainBytes > 0 || this.#members === 0) this.#endMember()
    return this.take()
  }

  #encode(): void {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    this.#plain.push(bytes)
    this.#plainBytes += bytes.length
    if (this.#compression === undefined || this.#plainBytes >= memberBytes) this.#endMember()
  }

  #endMember(): void {
    const plain = Buffer.concat(this.#plain)
    const bytes = this.#compression?.compress(plain) ?? plain
    this.#stored.push(bytes)
    this.pending += bytes.length
    this.#plain = []
    this.#plainBytes = 0
    this.#members++
  }
}
