import { nativeText, type NativeText } from '../native-text.ts'
import { corrupt } from './format.ts'

/** Reads a block in place, and checks every length against what is left before anything is allocated for it. */
export class ByteReader {
  readonly bytes: Buffer & NativeText
  readonly view: DataView
  at = 0

  /** `bytes` begins at a multiple of 8 of its memory. */
  constructor(bytes: Uint8Array) {
    this.bytes = nativeText(bytes)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  /** Moves over `count` bytes and returns where they begin. */
  take(count: number): number {
    const from = this.at
    if (count > this.bytes.length - from)
      throw corrupt(`${count} bytes are wanted at ${from}, ${this.bytes.length - from} are left`)
    this.at = from + count
    return from
  }

  align(): void {
    this.take((8 - (this.at % 8)) % 8)
  }

  byte(): number {
    return this.bytes[this.take(1)]!
  }

  varint(): number {
    let value = 0
    for (let scale = 1; scale < 2 ** 49; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw corrupt(`a number at ${this.at} does not end`)
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true)
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true)
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), true)
  }

  latin1(length: number): string {
    const from = this.take(length)
    return this.bytes.latin1Slice(from, from + length)
  }

  utf16(length: number): string {
    const from = this.take(length * 2)
    return this.bytes.ucs2Slice(from, from + length * 2)
  }

  int32s(count: number): Int32Array {
    return new Int32Array(this.bytes.buffer, this.bytes.byteOffset + this.take(count * 4), count)
  }

  uint32s(count: number): Uint32Array {
    return new Uint32Array(this.bytes.buffer, this.bytes.byteOffset + this.take(count * 4), count)
  }

  float64s(count: number): Float64Array {
    return new Float64Array(this.bytes.buffer, this.bytes.byteOffset + this.take(count * 8), count)
  }

  bigint64s(count: number): BigInt64Array {
    return new BigInt64Array(this.bytes.buffer, this.bytes.byteOffset + this.take(count * 8), count)
  }

  uint8s(count: number): Uint8Array {
    const from = this.take(count)
    return this.bytes.subarray(from, from + count)
  }
}
