import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const blockBytes = 65_536
const longestLine = 4096

/** A thread's share of a file, whole lines only: a line belongs to the share in which it begins. The buffer is used again for the next batch. */
export class FileShare {
  readonly #path: string
  readonly #me: number
  readonly #shares: number
  #buffer: Buffer | undefined

  constructor(path: string, me: number, shares: number) {
    this.#path = path
    this.#me = me
    this.#shares = shares
  }

  /** Reads the share from disk and calls `take` with its lines, some thousand at a time. */
  eachBlock(take: (lines: readonly string[]) => void): void {
    const { bytes, from, to } = this.#read()
    for (let start = from; start < to;) {
      let end = Math.min(start + blockBytes, to)
      if (end < to) end = bytes.lastIndexOf(10, end - 1) + 1
      const lines = bytes.toString('latin1', start, end).split('\n')
      lines.pop()
      take(lines)
      start = end
    }
  }

  #read(): { bytes: Buffer; from: number; to: number } {
    const file = openSync(this.#path, 'r')
    try {
      const size = fstatSync(file).size
      const begin = Math.floor((size * this.#me) / this.#shares)
      const end = Math.floor((size * (this.#me + 1)) / this.#shares)
      const length = Math.min(size - begin, end - begin + longestLine)
      const bytes = (this.#buffer ??= Buffer.allocUnsafeSlow(length))
      const read = readSync(file, bytes, 0, length, begin)
      const from = begin > 0 ? bytes.indexOf(10) + 1 : 0
      const last = Math.min(end - begin, read)
      return { bytes, from, to: last >= read ? read : bytes.indexOf(10, last) + 1 }
    } finally {
      closeSync(file)
    }
  }
}
