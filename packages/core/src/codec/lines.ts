import { isAscii, isUtf8 } from 'node:buffer'
import { nativeText, type NativeText } from './native-text.ts'

/** Text is decoded in pieces of about this many bytes: long enough to be fast, short enough to stay in the processor's cache. */
const chunkBytes = 64 * 1024

const newline = 10
const carriageReturn = 13

/** Told how many lines had bytes that are not UTF-8 (replaced by U+FFFD); called for each piece that had such lines. */
export type OnInvalidLines = (lines: number) => void

/**
 * The lines of a text. A line ends at \n, \r\n or \r, as in Java's readLine; empty lines are lines; what is left
 * after the last line end is a line unless it is empty. UTF-8; each invalid sequence is read as U+FFFD.
 *
 * For large texts use eachLines, which never holds all lines at once.
 *
 * @example
 * linesOf(Buffer.from('a\r\n\nb')) // => ['a', '', 'b']
 */
export function linesOf(bytes: Uint8Array, onInvalid?: OnInvalidLines): string[] {
  const all: string[] = []
  eachLines(
    bytes,
    lines => {
      for (const line of lines) all.push(line)
    },
    onInvalid,
  )
  return all
}

/**
 * The lines of a text as linesOf, in pieces: `onLines` gets the lines of some 64 KB at a time, and ends the walk by
 * returning `false`. Reads `bytes` in place, shared memory too.
 *
 * A line of 13 characters or more may be a view of its whole piece (V8's sliced strings): who keeps few of many lines for long
 * keeps 64 KB for each, unless they are copied.
 */
export function eachLines(
  bytes: Uint8Array,
  onLines: (lines: string[]) => void | boolean,
  onInvalid?: OnInvalidLines,
): void {
  for (const lines of lineChunks(bytes, onInvalid)) if (onLines(lines) === false) return
}

/** The same pieces, pulled: one array of lines for each, decoded when it is asked for. */
export function* lineChunks(bytes: Uint8Array, onInvalid?: OnInvalidLines): Generator<string[], void, undefined> {
  const buffer = nativeText(bytes)
  for (let start = 0; start < buffer.length;) {
    const end = pieceEnd(buffer, start)
    yield linesOfPiece(buffer, start, end, onInvalid)
    start = end
  }
}

/** Where the piece that begins at `start` ends: behind a line end, or at the end of the text. */
function pieceEnd(buffer: Buffer, start: number): number {
  const limit = start + chunkBytes
  if (limit >= buffer.length) return buffer.length
  const piece = buffer.subarray(start, limit)
  const last = piece.lastIndexOf(newline)
  if (last >= 0) return start + last + 1
  const lastReturn = piece.lastIndexOf(carriageReturn, piece.length - 2) // Not the last byte: a \n may follow it.
  if (lastReturn >= 0) return start + lastReturn + 1
  return endOfLongLine(buffer, limit - 1)
}

/** A line longer than a piece: on to its end, in steps, so that a far \n is not searched for again from every \r. */
function endOfLongLine(buffer: Buffer, from: number): number {
  for (let at = from; at < buffer.length; at += chunkBytes) {
    const step = buffer.subarray(at, at + chunkBytes)
    const feed = step.indexOf(newline)
    const back = step.indexOf(carriageReturn)
    if (back >= 0 && (feed < 0 || back < feed)) return at + back + (buffer[at + back + 1] === newline ? 2 : 1)
    if (feed >= 0) return at + feed + 1
  }
  return buffer.length
}

function linesOfPiece(
  buffer: Buffer & NativeText,
  start: number,
  end: number,
  onInvalid: OnInvalidLines | undefined,
): string[] {
  const piece = buffer.subarray(start, end)
  const ascii = isAscii(piece)
  // latin1Slice copies; utf8Slice has to look at every byte once more. Both read shared memory in place, TextDecoder does not.
  const lines = splitLines(
    ascii ? buffer.latin1Slice(start, end) : buffer.utf8Slice(start, end),
    piece.includes(carriageReturn),
  )
  if (!ascii && onInvalid !== undefined && !isUtf8(piece)) onInvalid(countInvalid(piece))
  return lines
}

function splitLines(text: string, withReturns: boolean): string[] {
  const lines = withReturns ? text.split(/\r\n|\n|\r/) : text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  return lines
}

/** Lines in bytes are lines in text: no invalid sequence swallows a \n or \r. */
function countInvalid(piece: Buffer): number {
  let count = 0
  for (let start = 0; start < piece.length;) {
    const end = endOfLongLine(piece, start)
    if (!isUtf8(piece.subarray(start, end))) count++
    start = end
  }
  return count
}
