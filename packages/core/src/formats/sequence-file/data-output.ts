import { nativeText, type NativeText } from '../../codec/native-text.ts'

const startBytes = 4096

/** A growing buffer that is written as Java's DataOutput does it: highest byte first. */
export class DataOutput {
  bytes: Buffer & NativeText = nativeText(Buffer.allocUnsafeSlow(startBytes))
  #view = new DataView(this.bytes.buffer)
  at = 0

  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return
    const grown = nativeText(Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + count)))
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
    this.#view = new DataView(grown.buffer)
  }

  int8(value: number): void {
    this.reserve(1)
    this.bytes[this.at++] = value
  }

  int32(value: number): void {
    this.reserve(4)
    this.#view.setInt32(this.at, value)
    this.at += 4
  }

  int64(value: bigint): void {
    this.reserve(8)
    this.#view.setBigInt64(this.at, value)
    this.at += 8
  }

  float32(value: number): void {
    this.reserve(4)
    this.#view.setFloat32(this.at, value)
    this.at += 4
  }

  float64(value: number): void {
    this.reserve(8)
    this.#view.setFloat64(this.at, value)
    this.at += 8
  }

  /**
   * A number of −2^53 to 2^53 as Hadoop's VLong: one byte from −112 to 127, else a byte with sign and number of bytes (−113…−120 for 1…8 bytes,
   * −121…−128 for those of the complement of a negative number), then the bytes, highest first.
   */
  vint(value: number): void {
    if (value >= -112 && value <= 127) return this.int8(value)
    const size = value < 0 ? -120 : -112
    let rest = value < 0 ? -1 - value : value
    const bytes: number[] = []
    for (; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256)
    this.int8(size - bytes.length)
    for (const byte of bytes.toReversed()) this.int8(byte)
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** A string as Hadoop's Text: its length in bytes as a vint, then UTF-8. Half of a surrogate pair is written as U+FFFD. */
  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.vint(length)
    this.reserve(length)
    this.bytes.utf8Write(value, this.at)
    this.at += length
  }

  /** What has been written, in place: valid until the next write. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.at)
  }

  /** What has been written, as a copy; the buffer is empty then. */
  take(): Uint8Array {
    const copy = Uint8Array.prototype.slice.call(this.bytes, 0, this.at)
    this.at = 0
    return copy
  }
}
