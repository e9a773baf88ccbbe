import { randomBytes } from 'node:crypto'
import { DStreamError } from '../../errors/dstream-error.ts'
import { codecOf, type CompressionCodec } from '../compression.ts'
import { Block } from './block.ts'
import { DataOutput } from './data-output.ts'
import { syncEscape, syncSize, writeHeader, type SequenceCompression } from './header.ts'
import { findWritable, writableClassName, type Writable } from './writables.ts'

/** How a SequenceFile is written. */
export interface SequenceWriteOptions {
  /** The class of all keys, with or without its package: `Text`. */
  readonly keyClass: string
  readonly valueClass: string
  /** `none` by default. */
  readonly compression?: SequenceCompression
  /** `DefaultCodec` by default. */
  readonly codec?: string
  readonly metadata?: ReadonlyMap<string, string>
  /** Bytes between two sync markers; 2000 by default (Hadoop 2; Hadoop 3 takes 102,400). A file can be cut at them. */
  readonly syncIntervalBytes?: number
  /** Bytes of keys and values that a compressed block holds before it is written; 1,000,000 by default (`io.seqfile.compress.blocksize`). */
  readonly blockBytes?: number
  /** Classes of one's own. */
  readonly writables?: readonly Writable[]
  /** The 16 bytes of the sync marker; random by default, and never to be taken from data. */
  readonly sync?: Uint8Array
}

/**
 * Writes a SequenceFile of version 6: pairs in, bytes out. Whoever owns it takes the bytes when there are enough (`pending`), and stores them.
 *
 * @see Hadoop's SequenceFile.Writer, RecordCompressWriter, BlockCompressWriter
 * @throws DStreamError UNKNOWN_WRITABLE, UNKNOWN_COMPRESSION_CODEC; NOT_WRITABLE by append
 * @example
 * const writer = new SequenceFileWriter({ keyClass: 'Text', valueClass: 'IntWritable' })
 * writer.append('hello', 1)
 * sequenceFilePairs(writer.finish()) // => [['hello', 1]]
 */
export class SequenceFileWriter {
  readonly #out = new DataOutput()
  readonly #key: Writable
  readonly #value: Writable
  readonly #sync: Uint8Array
  readonly #syncIntervalBytes: number
  readonly #records: (key: unknown, value: unknown) => void
  readonly #block: Block | undefined
  /** Bytes that have been taken. */
  #taken = 0
  #lastSync = 0

  constructor(options: SequenceWriteOptions) {
    const { compression = 'none', metadata = new Map<string, string>() } = options
    const codec = compression === 'none' ? undefined : codecOf(options.codec ?? 'DefaultCodec')
    this.#key = writableNamed(options.keyClass, options.writables)
    this.#value = writableNamed(options.valueClass, options.writables)
    this.#sync = options.sync ?? randomBytes(syncSize)
    if (this.#sync.length !== syncSize) throw new RangeError(`A sync marker has ${syncSize} bytes`)
    this.#syncIntervalBytes = options.syncIntervalBytes ?? 2000
    this.#block = compression === 'block' ? new Block(codec!, options.blockBytes ?? 1_000_000) : undefined
    this.#records = this.#block === undefined ? this.#recordWriter(codec) : this.#blockWriter(this.#block)
    const classes = { keyClass: this.#key.className, valueClass: this.#value.className }
    writeHeader(this.#out, { ...classes, compression, codec: codec?.className, metadata, sync: this.#sync })
  }

  /** Adds a pair. One that cannot be written leaves the file as it was. */
  append(key: unknown, value: unknown): void {
    this.#records(key, value)
  }

  /** Begins anew here: reading can begin at this place. In a file of compressed blocks: ends the block. */
  sync(): void {
    if (this.#block !== undefined) return this.#endBlock(this.#block)
    this.#writeSync()
  }

  /** Bytes that can be taken. */
  get pending(): number {
    return this.#out.at
  }

  /** The bytes since the last call. */
  take(): Uint8Array {
    this.#taken += this.#out.at
    return this.#out.take()
  }

  /** The last bytes. Nothing can be appended then. */
  finish(): Uint8Array {
    if (this.#block !== undefined) this.#endBlock(this.#block)
    return this.take()
  }

  get #position(): number {
    return this.#taken + this.#out.at
  }

  #writeSync(): void {
    if (this.#lastSync === this.#position) return
    this.#out.int32(syncEscape)
    this.#out.raw(this.#sync)
    this.#lastSync = this.#position
  }

  #recordWriter(codec: CompressionCodec | undefined): (key: unknown, value: unknown) => void {
    const record = new DataOutput()
    return (key, value) => {
      record.at = 0
      this.#key.write(key, record)
      const keyLength = record.at
      this.#value.write(value, record)
      const stored = codec?.compress(record.written.subarray(keyLength)) ?? record.written.subarray(keyLength)
      if (this.#position >= this.#lastSync + this.#syncIntervalBytes) this.#writeSync()
      this.#out.int32(keyLength + stored.length)
      this.#out.int32(keyLength)
      this.#out.raw(record.written.subarray(0, keyLength))
      this.#out.raw(stored)
    }
  }

  #blockWriter(block: Block): (key: unknown, value: unknown) => void {
    return (key, value) => {
      block.append(this.#key, key, this.#value, value)
      if (block.isFull) this.#endBlock(block)
    }
  }

  #endBlock(block: Block): void {
    if (block.count === 0) return
    this.#writeSync()
    block.writeTo(this.#out)
  }
}

function writableNamed(name: string, own: readonly Writable[] | undefined): Writable {
  const found = findWritable(name, own)
  if (found !== undefined) return found
  throw new DStreamError(
    'UNKNOWN_WRITABLE',
    `The class ${writableClassName(name)} cannot be written to a SequenceFile`,
    {
      hint: 'Known are Text, NullWritable, BytesWritable and the Int-, Long-, Float-, Double- and BooleanWritable; give others as `writables`.',
    },
  )
}
