import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const vocabulary = 10_000
const linesAtOnce = 10_000
const bytesWanted = 30e6

/** Where generated data and Spark are kept between runs. */
export function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dstream-bench')
}

/**
 * The path of `lines.txt`, which is written on first use: 30 MB of lines of ten words, 10,000 distinct words in a Zipf distribution. The same bytes
 * every time, and the same that Spark's side of the comparison reads.
 */
export function linesFile(directory = join(cacheDirectory(), 'data')): string {
  const file = join(directory, 'lines.txt')
  if (existsSync(file)) return file
  mkdirSync(directory, { recursive: true })
  const unfinished = `${file}.${process.pid}`
  const out = openSync(unfinished, 'w')
  for (let written = 0, makeLines = lineMaker(); written < bytesWanted;)
    written += writeSync(out, makeLines(linesAtOnce))
  closeSync(out)
  renameSync(unfinished, file)
  return file
}

/** The first `count` lines of the file, without reading the rest of it. */
export function firstLines(file: string, count: number): string[] {
  const bytes = Buffer.alloc(count * 200)
  const from = openSync(file, 'r')
  const length = readSync(from, bytes, 0, bytes.length, 0)
  closeSync(from)
  return bytes.toString('latin1', 0, length).split('\n').slice(0, count)
}

/** Makes texts of lines from a linear congruential generator: seeded, so every run writes the same. */
export function lineMaker(): (lines: number) => string {
  const words = Array.from(
    { length: vocabulary },
    (_, i) => `w${((i * 2654435761) >>> 0).toString(36).slice(0, 5)}${i % 7}`,
  )
  const cumulative = new Float64Array(vocabulary)
  let total = 0
  for (let i = 0; i < vocabulary; i++) cumulative[i] = total += 1 / (i + 1)
  let seed = 1
  const word = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return words[firstAtLeast(cumulative, (seed / 2 ** 32) * total)]
  }
  return lines => {
    let text = ''
    for (let l = 0; l < lines; l++) text += `${Array.from({ length: 10 }, word).join(' ')}\n`
    return text
  }
}

/** The index of the first element that is not below x, by halving; the last index when all are below. */
function firstAtLeast(sorted: Float64Array, x: number): number {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < x) low = middle + 1
    else high = middle
  }
  return low
}
