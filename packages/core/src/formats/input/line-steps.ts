import { FileWindow } from '../file-window.ts'
import type { ReadSteps } from '../read-steps.ts'

const lf = 10
const cr = 13
const chunkLines = 1024
const chunkBytes = 1 << 20

/** Which lines of a file are read. */
export interface LineRange {
  readonly path: string
  /** Infinity for a stream whose end is not known. */
  readonly size: number
  readonly start: number
  readonly end: number
}

/**
 * Lines with the byte at which each begins. A line ends at \n, \r\n or \r. As in Hadoop's LineRecordReader, a range has the lines that begin behind its
 * start, up to and with one that begins exactly at its end; the first range also has the line at byte 0. A byte order mark at the beginning is left out.
 */
export function* lineSteps({ path, size, start, end }: LineRange): ReadSteps<[number, string]> {
  const window = new FileWindow(path, size)
  window.seek(start)
  if (start > 0) yield* passLine(window)
  else yield* passByteOrderMark(window)
  let first = start === 0
  for (;;) {
    const lines: [number, string][] = []
    let bytes = 0
    while (lines.length < chunkLines && bytes < chunkBytes && (first || window.position <= end)) {
      const at = first ? 0 : window.position
      let stop = lineEnd(window)
      if (stop < 0) stop = yield* fillLine(window)
      if (stop === window.at && window.held === 0) break
      lines.push([at, window.buffer.utf8Slice(window.at, stop)])
      bytes += stop - window.at
      window.at = behindLineEnd(window, stop)
      first = false
    }
    if (lines.length === 0) return
    yield { kind: 'records', records: lines }
  }
}

/** Where in the buffer the line ends, before \n, \r or \r\n; -1 where the buffer does not tell. */
function lineEnd(window: FileWindow, from = window.at): number {
  const { buffer } = window
  for (let i = from; i < buffer.length; i++) {
    const byte = buffer[i]
    if (byte === lf) return i
    // A \r that is the last byte at hand may be half of \r\n.
    if (byte === cr) return i + 1 < buffer.length ? i : -1
  }
  return -1
}

/** Gets the rest of the line into the buffer: up to its end, or the end of the file. */
function* fillLine(window: FileWindow): ReadSteps<never, number> {
  for (;;) {
    const searched = Math.max(0, window.held - 1)
    const more = yield* window.fill(Math.max(1, window.held * 2))
    const stop = lineEnd(window, window.at + searched)
    if (stop >= 0) return stop
    if (more) continue
    const last = window.buffer.length - 1
    return last >= window.at && window.buffer[last] === cr ? last : window.buffer.length
  }
}

function behindLineEnd({ buffer }: FileWindow, stop: number): number {
  if (stop === buffer.length) return stop
  return stop + (buffer[stop] === cr && buffer[stop + 1] === lf ? 2 : 1)
}

function* passLine(window: FileWindow): ReadSteps<never> {
  let stop = lineEnd(window)
  if (stop < 0) stop = yield* fillLine(window)
  window.at = behindLineEnd(window, stop)
}

function* passByteOrderMark(window: FileWindow): ReadSteps<never> {
  if (!(yield* window.fill(3))) return
  const { buffer } = window
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) window.at += 3
}
