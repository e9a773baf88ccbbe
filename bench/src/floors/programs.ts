import { readFileSync } from 'node:fs'
import { checksumOfPairs, checksumOfTexts, type Checksum } from '../checksum.ts'
import { firstLines } from '../lines.ts'
import type { Exchange } from './exchange.ts'
import { FileShare } from './file-share.ts'
import { mapStateByHand, stateByHand } from './keyed-state.ts'
import { addWords, reduceByKey } from './word-counts.ts'

/** Which part of the work a thread does: thread `me` of `shares`, with an exchange when there is another one. */
export interface Share {
  readonly file: string
  readonly me: number
  readonly shares: number
  readonly exchange: Exchange | undefined
}

/** One batch by hand, again and again; and what the last batch gave. */
export interface Program {
  /** Runs one batch; returns the number of records of this share's result. */
  run(): number
  /** Of the last batch's result. Checksums of shares add up. */
  checksum(): Checksum
}

function wordCount(share: Share, eachBlock: (take: (lines: readonly string[]) => void) => void): Program {
  let result = new Map<string, number>()
  return {
    run() {
      const counts = new Map<string, number>()
      eachBlock(lines => addWords(counts, lines))
      result = reduceByKey(counts, share.me, share.exchange)
      return result.size
    },
    checksum: () => checksumOfPairs(result),
  }
}

function wordCountInMemory(share: Share, all: readonly string[]): Program {
  const [from, to] = [share.me, share.me + 1].map(i => Math.floor((all.length * i) / share.shares))
  // Copied one by one: a slice of the file's text would keep all of it and be slower to read.
  const lines = all.slice(from, to).map(line => Buffer.from(line, 'latin1').toString('latin1'))
  return wordCount(share, take => take(lines))
}

function grepFile(share: Share): Program {
  const file = new FileShare(share.file, share.me, share.shares)
  let found: string[] = []
  return {
    run() {
      let count = 0
      file.eachBlock(lines => {
        for (const line of lines) if (line.includes('w1eayg6')) count++
      })
      return count
    },
    checksum() {
      found = []
      file.eachBlock(lines => found.push(...lines.filter(line => line.includes('w1eayg6'))))
      return checksumOfTexts(found)
    },
  }
}

/** The floors: each workload written by hand. */
export const programs: Readonly<Record<string, (share: Share) => Program>> = {
  tiny: share => wordCountInMemory(share, firstLines(share.file, 10)),
  wordcount: share => wordCountInMemory(share, readFileSync(share.file, 'latin1').split('\n').slice(0, 200_000)),
  'wordcount-files': share => {
    const file = new FileShare(share.file, share.me, share.shares)
    return wordCount(share, take => file.eachBlock(take))
  },
  'grep-files': grepFile,
  state: stateByHand,
  mapstate: mapStateByHand,
}

/**
 * What a workload must give after so many batches: the same work by hand, on one thread. Undefined for a workload without a fixed result.
 */
export function expectedChecksum(workload: string, file: string, batches = 1): Checksum | undefined {
  const make = programs[workload]
  if (make === undefined) return undefined
  const program = make({ file, me: 0, shares: 1, exchange: undefined })
  for (let batch = 0; batch < batches; batch++) program.run()
  return program.checksum()
}
