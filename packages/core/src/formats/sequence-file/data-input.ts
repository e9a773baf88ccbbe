import { nativeText, type NativeText } from '../../codec/native-text.ts'
import { CorruptSequenceFileError } from '../errors.ts'

/** Reads bytes as Java's DataInput does it, highest byte first, and never beyond `end`: a length that lies is an error with its position. */
export class DataInput {
  readonly file: string
  bytes: Buffer & NativeText = nativeText(new Uint8Array(0))
  #view = new DataView(this.bytes.buffer)
  #filePosition = 0
  #compressed = false
  at = 0
  end = 0

  constructor(file: string) {
    this.file = file
  }

  /**
   * What is read from now on.
   *
   * @param filePosition where `bytes` begin in the file; where they have been compressed: where their compressed bytes begin
   */
  open(bytes: Uint8Array, filePosition: number, compressed: boolean): this {
    this.bytes = nativeText(bytes)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#filePosition = filePosition
    this.#compressed = compressed
    this.at = 0
    this.end = bytes.length
    return this
  }

  get left(): number {
    return this.end - this.at
  }

  /** Moves over `count` bytes, and says where they begin. */
  take(count: number): number {
    if (count < 0 || count > this.end - this.at)
      throw this.corrupt(`${count} bytes are said to follow, ${this.end - this.at} are left`)
    const from = this.at
    this.at += count
    return from
  }

  corrupt(what: string): CorruptSequenceFileError {
    return this.#compressed
      ? new CorruptSequenceFileError(this.file, this.#filePosition, `${what} (byte ${this.at} when decompressed)`)
      : new CorruptSequenceFileError(this.file, this.#filePosition + this.at, what)
  }

  int8(): number {
    return this.#view.getInt8(this.take(1))
  }

  int32(): number {
    return this.#view.getInt32(this.take(4))
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.take(8))
  }

  float32(): number {
    return this.#view.getFloat32(this.take(4))
  }

  float64(): number {
    return this.#view.getFloat64(this.take(8))
  }

  /** Hadoop's VInt: as DataOutput.vint writes it, of 32 bits. */
  vint(): number {
    const first = this.int8()
    if (first >= -112) return first
    const negative = first < -120
    const size = negative ? -120 - first : -112 - first
    let value = 0
    for (let i = 0; i < size; i++) value = value * 256 + this.bytes[this.take(1)]!
    if (value > 0x7fff_ffff) throw this.corrupt(`a number of 32 bits is ${value}`)
    return negative ? -1 - value : value
  }

  /** A copy of the next bytes. */
  raw(count: number): Uint8Array {
    const from = this.take(count)
    return new Uint8Array(this.bytes.subarray(from, from + count))
  }

  /** Hadoop's Text: its length in bytes as a vint, then UTF-8, where each invalid sequence is read as U+FFFD. */
  text(): string {
    const length = this.vint()
    const from = this.take(length)
    return this.bytes.utf8Slice(from, from + length)
  }
}
