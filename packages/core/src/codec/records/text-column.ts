import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { columnTag, corrupt } from './format.ts'
import { readLengths, writeLengths } from './lengths.ts'

/** Strings are joined and written this many characters at a time, each piece in the narrowest form that holds it. */
const pieceLength = 8192

/** V8 copies a shorter substring, and makes a longer one a view that keeps the whole piece alive. */
const viewLength = 13

/**
 * Writes a column of strings: their lengths, then their characters in pieces: u32 number of strings, u32 bytes a character (1: Latin-1, 2:
 * UTF-16, which holds lone surrogates too), the characters.
 *
 * This is one of the hot places. Concatenating and writing pieces took half the time of one write a string, and the pieces keep one emoji from
 * doubling the whole column.
 */
export function writeText(out: ByteWriter, values: readonly string[]): void {
  const count = values.length
  out.column(columnTag.text, 0, 0)
  out.reserve(writeLengths(out, values))
  for (let i = 0; i < count;) {
    const first = i
    let piece = values[i++]!
    while (i < count && piece.length + values[i]!.length <= pieceLength) piece += values[i++]!
    writePiece(out, piece, i - first)
  }
}

function writePiece(out: ByteWriter, piece: string, strings: number): void {
  out.reserve(8 + 4)
  const head = out.at
  out.at += 8
  const oneByte = out.characters(piece)
  out.view.setUint32(head, strings, true)
  out.view.setUint32(head + 4, oneByte ? 1 : 2, true)
}

/** Reads what writeText wrote. */
export function readText(input: ByteReader, count: number): string[] {
  const { lengths } = readLengths(input, count)
  const values = new Array<string>(count)
  for (let first = 0; first < count;) {
    const strings = input.uint32()
    const width = input.uint32()
    if (strings === 0 || strings > count - first || (width !== 1 && width !== 2))
      throw corrupt(`a piece of ${strings} strings of width ${width}`)
    readPiece(input, values, lengths, first, first + strings, width)
    first += strings
  }
  return values
}

/**
 * The strings of one piece. Short ones are cut out of the decoded piece (a quarter of the time of decoding each); long ones are decoded
 * each for itself: cut out, they would keep the piece alive for as long as one of them lives.
 */
function readPiece(
  input: ByteReader,
  values: string[],
  lengths: Uint8Array | Uint32Array,
  first: number,
  end: number,
  width: number,
): void {
  let total = 0
  for (let i = first; i < end; i++) total += lengths[i]!
  const from = input.take(total * width)
  const { bytes } = input
  let piece: string | undefined
  let position = 0
  for (let i = first; i < end; i++) {
    const next = position + lengths[i]!
    if (next - position < viewLength) {
      piece ??= width === 1 ? bytes.latin1Slice(from, from + total) : bytes.ucs2Slice(from, from + total * 2)
      values[i] = piece.substring(position, next)
    } else {
      values[i] =
        width === 1
          ? bytes.latin1Slice(from + position, from + next)
          : bytes.ucs2Slice(from + position * 2, from + next * 2)
    }
    position = next
  }
}
