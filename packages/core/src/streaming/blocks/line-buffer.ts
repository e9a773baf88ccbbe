import { LineBlocks } from '../../codec/line-blocks.ts'
import type { LineBlock } from '../../codec/line-blocks.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { BlockPart } from './block-generator.ts'

const LF = 10
const CR = 13

/** Lines of text that were received as bytes and wait for their block. No string is made of them. */
export class LineBuffer implements BlockPart {
  readonly #lines: LineBlocks
  /** What a rate limit has left of a block. */
  #rest: LineBlock | undefined

  /** @param maxLineBytes a longer line is cut off there */
  constructor(maxLineBytes: number) {
    this.#lines = new LineBlocks({ maxLineBytes })
  }

  /** Bytes as they came; copied. */
  feed(bytes: Uint8Array): void {
    this.#lines.feed(bytes)
  }

  /** The connection has ended: a half line is a line. */
  end(): void {
    this.#lines.end()
  }

  /** The connection was given up: a half line is dropped. */
  drop(): void {
    this.#lines.drop()
  }

  /** Lines cut off so far. */
  get truncatedLines(): number {
    return this.#lines.truncatedLines
  }

  get records(): number {
    return this.#lines.lines + (this.#rest?.lines ?? 0)
  }

  get bytes(): number {
    return this.#lines.wholeBytes + (this.#rest?.bytes.length ?? 0)
  }

  take(most: number): Omit<Block, 'id'> | undefined {
    if (most <= 0) return undefined
    const block = this.#rest ?? this.#lines.take()
    this.#rest = undefined
    if (block === undefined || block.lines <= most) return block && blockOf(block)
    const end = endOfLines(block.bytes, most)
    this.#rest = { bytes: block.bytes.subarray(end), lines: block.lines - most }
    return blockOf({ bytes: block.bytes.subarray(0, end), lines: most })
  }
}

const blockOf = ({ bytes, lines }: LineBlock): Omit<Block, 'id'> => ({ bytes, records: lines, format: 'lines' })

/** The position behind the first `lines` lines, of which there are enough. */
export function endOfLines(bytes: Uint8Array, lines: number): number {
  let at = 0
  for (let left = lines; left > 0 && at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) left--
  }
  return at
}
