import { sharedBytes } from './shared-bytes.ts'
import { LineCutter } from './line-cutter.ts'

const lineEnd = Buffer.from('\n')
/** What a receiver's buffer begins with, and is cut back to after a block that was much larger. */
const startBytes = 64 * 1024
const keptBytes = 4 * 1024 * 1024

/** Whole lines as received, in shared memory. */
export interface LineBlock {
  readonly bytes: Uint8Array<SharedArrayBuffer>
  readonly lines: number
}

/**
 * Collects the bytes of a text as they are received, and gives them out as blocks of whole lines. A line that has begun
 * and not ended stays for the next block.
 *
 * Invariant: `#bytes[0, #whole)` are the `#lines` lines not yet given out; `#bytes[#whole, #length)` is the unfinished line, at most `maxLineBytes` long.
 *
 * @example
 * const blocks = new LineBlocks({ maxLineBytes: 1000 })
 * blocks.feed(Buffer.from('one\ntw'))
 * linesOf(blocks.take()!.bytes) // => ['one']
 */
export class LineBlocks {
  readonly #cutter: LineCutter
  #bytes = Buffer.allocUnsafeSlow(startBytes)
  #length = 0
  #whole = 0
  #lines = 0

  constructor(bounds: { readonly maxLineBytes: number }) {
    this.#cutter = new LineCutter(bounds)
  }

  /** How many whole lines the next block has. */
  get lines(): number {
    return this.#lines
  }

  /** How many bytes the next block has. */
  get wholeBytes(): number {
    return this.#whole
  }

  /** How many lines were longer than `maxLineBytes` and have been cut off, since the beginning. */
  get truncatedLines(): number {
    return this.#cutter.truncatedLines
  }

  /** Takes bytes as they came; they are copied, so their memory may be used again. Returns how many lines they ended. */
  feed(chunk: Uint8Array): number {
    const { ranges, lines, wholeBytes, endsInReturn } = this.#cutter.feed(chunk)
    const start = this.#length
    for (let r = 0; r < ranges.length; r += 2) this.#append(chunk, ranges[r]!, ranges[r + 1]!)
    if (endsInReturn && ranges.length > 0) this.#append(lineEnd, 0, 1)
    if (lines > 0) this.#whole = endsInReturn ? this.#length : start + wholeBytes
    this.#lines += lines
    return lines
  }

  /** The connection has ended: what is left of the last line is a line. */
  end(): void {
    if (!this.#cutter.end()) return
    this.#append(lineEnd, 0, 1) // Bytes of a next connection must not continue it.
    this.#whole = this.#length
    this.#lines++
  }

  /** The connection was given up: what is left of the last line is no line, and none of the next one's. */
  drop(): void {
    this.#cutter.end()
    this.#length = this.#whole
  }

  /** The whole lines received since the last block, or `undefined` when there are none. */
  take(): LineBlock | undefined {
    if (this.#lines === 0) return undefined
    const bytes = sharedBytes(this.#whole)
    bytes.set(this.#bytes.subarray(0, this.#whole))
    const block = { bytes, lines: this.#lines }
    this.#forget()
    return block
  }

  #forget(): void {
    const rest = this.#length - this.#whole
    const small = this.#bytes.length > keptBytes && rest < startBytes
    const next = small ? Buffer.allocUnsafeSlow(startBytes) : this.#bytes
    this.#bytes.copy(next, 0, this.#whole, this.#length)
    this.#bytes = next
    this.#length = rest
    this.#whole = 0
    this.#lines = 0
  }

  #append(chunk: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, length))
      this.#bytes.copy(grown, 0, 0, this.#length)
      this.#bytes = grown
    }
    this.#bytes.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#length)
    this.#length = length
  }
}
