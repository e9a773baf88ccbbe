import { DStreamError } from '../../errors/dstream-error.ts'
import { nativeText, type NativeText } from '../native-text.ts'

const startBytes = 64 * 1024
/** A scratch buffer larger than this is not kept for the next block. */
const keptBytes = 16 * 1024 * 1024

/** Memory that is not cleared: all of it is written before it is read. */
const scratch = (length: number): Buffer & NativeText => nativeText(Buffer.allocUnsafeSlow(length))

/**
 * A growing scratch buffer that one thread writes its blocks in, one after the other; the finished block is copied out
 * once, into shared memory of exactly its size. (One pass and one copy was faster than measuring sizes first.)
 */
export class ByteWriter {
  bytes: Buffer & NativeText = scratch(startBytes)
  view = new DataView(this.bytes.buffer)
  at = 0

  /** Makes room for `count` more bytes. Everything below checks for itself; columns that write in loops ask once. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return
    const length = Math.max(this.bytes.length * 2, this.at + count + 64)
    if (this.at + count > 0xffff_ffff) {
      throw new DStreamError('RECORDS_TOO_LARGE', 'A block of encoded records would be larger than 4 GB', {
        hint: 'Use more partitions, so that each one is smaller.',
      })
    }
    const grown = scratch(length)
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  /** Begins a column, at a multiple of 8. `own` are the column's bytes 1 and 2, `count` its u32. */
  column(tag: number, own: number, count: number): void {
    this.align()
    this.reserve(8)
    this.bytes[this.at] = tag
    this.view.setUint16(this.at + 1, own, true)
    this.bytes[this.at + 3] = 0
    this.view.setUint32(this.at + 4, count, true)
    this.at += 8
  }

  align(): void {
    this.reserve(8)
    while (this.at % 8 !== 0) this.bytes[this.at++] = 0
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.at++] = value
  }

  /** A number ≥ 0, 7 bits a byte, the lowest first. */
  varint(value: number): void {
    this.reserve(8)
    while (value >= 0x80) {
      this.bytes[this.at++] = (value % 0x80) | 0x80
      value = Math.floor(value / 0x80)
    }
    this.bytes[this.at++] = value
  }

  int32(value: number): void {
    this.reserve(4)
    this.view.setInt32(this.at, value, true)
    this.at += 4
  }

  float64(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.at, value, true)
    this.at += 8
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** A string's characters, one byte each where they fit, else two. Returns whether one byte was enough. */
  characters(text: string): boolean {
    this.reserve(text.length * 3 + 8)
    // utf8Write says how many bytes it wrote: as many as characters means ASCII, and then these are the bytes wanted.
    const written = this.bytes.utf8Write(text, this.at)
    if (written === text.length) {
      this.at += written
      return true
    }
    const oneByte = !/[^\0-\xff]/.test(text)
    this.at += oneByte ? this.bytes.latin1Write(text, this.at) : this.bytes.ucs2Write(text, this.at)
    return oneByte
  }

  /** Forgets what was written, and a buffer that has grown too large to keep. */
  reset(): void {
    this.at = 0
    if (this.bytes.length <= keptBytes) return
    this.bytes = scratch(startBytes)
    this.view = new DataView(this.bytes.buffer)
  }
}
