import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { lineChunks } from '@dstream/core/engine'
import type { TextSplit } from '@dstream/core/engine'

const LF = 10
const CR = 13
/** Bytes read at a time: large enough that a system call costs nothing, small enough to stay in the cache. */
const READ = 1 << 20

/**
 * The lines of a split, by Hadoop's rule, so that partitions hold what Spark's hold: those that begin behind its first byte (the first split: at its first
 * byte) and not behind its end. The last one is read to its own end; a file that has grown since it was listed is not read further than that.
 * A byte order mark at the beginning of the file is left out.
 */
export function* readTextSplit(split: TextSplit): Generator<string[]> {
  if (split.length === 0) return
  const file = openSync(split.path, 'r')
  try {
    const size = fstatSync(file).size
    const start = split.start === 0 ? behindByteOrderMark(file) : lineStart(file, split.start, size)
    const end = Math.min(size, split.start + split.length)
    const stop = end >= size ? size : lineStart(file, split.last === true ? end - 1 : end, size)
    yield* linesBetween(file, start, stop)
  } finally {
    closeSync(file)
  }
}

function behindByteOrderMark(file: number): number {
  const three = Buffer.alloc(3)
  readSync(file, three, 0, 3, 0)
  return three.readUIntBE(0, 3) === 0xefbbbf ? 3 : 0
}

/** The first position behind `from` where a line begins: the end of the file where none does. */
function lineStart(file: number, from: number, size: number): number {
  const buffer = Buffer.allocUnsafe(64 * 1024)
  for (let position = from; position < size;) {
    const read = readSync(file, buffer, 0, buffer.length, position)
    if (read === 0) break
    for (let i = 0; i < read; i++) {
      const byte = buffer[i]
      if (byte === LF) return position + i + 1
      if (byte === CR) return position + i + 1 + (byteAt(file, position + i + 1) === LF ? 1 : 0)
    }
    position += read
  }
  return size
}

function byteAt(file: number, position: number): number | undefined {
  const one = Buffer.allocUnsafe(1)
  return readSync(file, one, 0, 1, position) === 1 ? one[0] : undefined
}

function* linesBetween(file: number, start: number, stop: number): Generator<string[]> {
  let buffer = Buffer.allocUnsafeSlow(Math.min(READ, Math.max(1, stop - start)))
  let held = 0
  for (let position = start; position < stop;) {
    if (held === buffer.length) buffer = Buffer.concat([buffer], buffer.length * 2)
    const read = readSync(file, buffer, held, Math.min(buffer.length - held, stop - position), position)
    if (read === 0) break
    position += read
    held += read
    const cut = position >= stop ? held : wholeLines(buffer, held)
    if (cut > 0) yield* lineChunks(buffer.subarray(0, cut))
    buffer.copyWithin(0, cut, held)
    held -= cut
  }
  if (held > 0) yield* lineChunks(buffer.subarray(0, held))
}

/** How many of the bytes are whole lines for certain: a \r at the very end may be half of \r\n. */
function wholeLines(buffer: Buffer, length: number): number {
  const lf = buffer.lastIndexOf(LF, length - 1)
  const cr = length > 1 ? buffer.lastIndexOf(CR, length - 2) : -1
  return Math.max(lf, cr) + 1
}
