import type { CompressionCodec } from '../compression.ts'
import { DataOutput } from './data-output.ts'
import type { Writable } from './writables.ts'

/** The records that are compressed together next. */
export class Block {
  count = 0
  readonly #keyLengths = new DataOutput()
  readonly #keys = new DataOutput()
  readonly #valueLengths = new DataOutput()
  readonly #values = new DataOutput()
  readonly #codec: CompressionCodec
  readonly #fullBytes: number

  constructor(codec: CompressionCodec, fullBytes: number) {
    this.#codec = codec
    this.#fullBytes = fullBytes
  }

  get isFull(): boolean {
    return this.#keys.at + this.#values.at >= this.#fullBytes
  }

  append(keys: Writable, key: unknown, values: Writable, value: unknown): void {
    const [keyAt, valueAt] = [this.#keys.at, this.#values.at]
    try {
      keys.write(key, this.#keys)
      values.write(value, this.#values)
    } catch (error) {
      this.#keys.at = keyAt
      this.#values.at = valueAt
      throw error
    }
    this.#keyLengths.vint(this.#keys.at - keyAt)
    this.#valueLengths.vint(this.#values.at - valueAt)
    this.count++
  }

  writeTo(out: DataOutput): void {
    out.vint(this.count)
    for (const part of [this.#keyLengths, this.#keys, this.#valueLengths, this.#values]) {
      const stored = this.#codec.compress(part.written)
      out.vint(stored.length)
      out.raw(stored)
      part.at = 0
    }
    this.count = 0
  }
}
