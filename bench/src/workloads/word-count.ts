import type { DStream } from 'dstream'
import { checksumOfPairs, type Checksum } from '../checksum.ts'
import type { JobCount } from '../proof.ts'

/** The word count as the guide writes it. */
export function wordCount(lines: DStream<string>): DStream<[string, number]> {
  return lines
    .flatMap(line => line.split(' '))
    .map(word => [word, 1])
    .reduceByKey((a, b) => a + b)
}

/** Of a word count over two partitions: a stage before the shuffle, one after it, two tasks each. */
export const wordCountJob: JobCount = { stages: 2, tasks: 4 }

export const wordCountChecksum = (records: readonly unknown[]): Checksum =>
  checksumOfPairs(records as readonly (readonly [string, number])[])
