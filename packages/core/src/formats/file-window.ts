import { nativeText, type NativeText } from '../codec/native-text.ts'
import type { ReadSteps } from './read-steps.ts'

/** Bytes asked for at a time: large enough that a request costs little, small enough to stay in the cache. */
const readBytes = 256 * 1024

/**
 * A piece of a file that moves forward. `buffer` holds the bytes from `start` (a position in the file) on; `at` is where the reader is, within `buffer`.
 * Nothing is read, and no memory is taken, beyond `size`.
 */
export class FileWindow {
  readonly path: string
  readonly size: number
  buffer: Buffer & NativeText = nativeText(new Uint8Array(0))
  at = 0
  #start = 0

  constructor(path: string, size: number) {
    this.path = path
    this.size = size
  }

  /** Where the reader is in the file. */
  get position(): number {
    return this.#start + this.at
  }

  /** Bytes at hand. */
  get held(): number {
    return this.buffer.length - this.at
  }

  /** Bytes of the file from the reader on. */
  get left(): number {
    return this.size - this.position
  }

  /** Moves the reader. What lies there is read when it is asked for. */
  seek(position: number): void {
    const at = position - this.#start
    if (at >= 0 && at <= this.buffer.length) {
      this.at = at
      return
    }
    this.buffer = nativeText(new Uint8Array(0))
    this.#start = position
    this.at = 0
  }

  /**
   * Gets at least `count` bytes into `buffer`, or what the file has left. Returns whether they are there: false at the end of the file, and where the
   * file has become shorter. Moves the bytes: positions within `buffer` are no longer valid.
   */
  *fill(count: number): ReadSteps<never, boolean> {
    const wanted = Math.min(Math.max(count, readBytes), this.left) - this.held
    if (wanted > 0) {
      const position = this.#start + this.buffer.length
      const more = yield { kind: 'read', path: this.path, position, length: wanted }
      const kept = this.buffer.subarray(this.at)
      this.#start += this.at
      this.at = 0
      this.buffer = nativeText(kept.length === 0 ? more : Buffer.concat([kept, more]))
    }
    return this.held >= count
  }
}
