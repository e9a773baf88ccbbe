import type { Dataset, JobRunner } from '../context.ts'
import { emptyCollection } from './empty-collection.ts'
import { joined, perPartition } from './per-partition.ts'

/** Of the partitions scanned so far at most so many times more are scanned next. */
const scaleUp = 4

/**
 * The first `limit` records. One partition is scanned first, then, as long as records are wanting, more at a time:
 * as many as the hits so far suggest, and half as many again.
 *
 * @see Spark's RDD.take
 */
export const take = <T>(rdd: Dataset, limit: number, name = 'take'): Promise<T[]> =>
  rdd.context.act(name, jobs => scan<T>(jobs, rdd, limit))

/** The first record. */
export const first = <T>(rdd: Dataset): Promise<T> =>
  rdd.context.act('first', async jobs => {
    const found = await scan<T>(jobs, rdd, 1)
    if (found.length === 0) throw emptyCollection()
    return found[0] as T
  })

/** Whether there is no record. */
export const isEmpty = (rdd: Dataset): Promise<boolean> =>
  rdd.context.act('isEmpty', async jobs => (await scan(jobs, rdd, 1)).length === 0)

async function scan<T>(jobs: JobRunner, rdd: Dataset, limit: number): Promise<T[]> {
  const found: T[] = []
  const total = rdd.node.numPartitions
  for (let scanned = 0; found.length < limit && scanned < total;) {
    const left = limit - found.length
    const tries = scanned === 0 ? 1 : nextTries(scanned, found.length, left)
    const partitions = Array.from({ length: Math.min(tries, total - scanned) }, (_, i) => scanned + i)
    const records = joined(await perPartition<T[]>(jobs, rdd, { kind: 'take', limit: left }, partitions))
    for (const record of records.slice(0, left)) found.push(record)
    scanned += partitions.length
  }
  return found
}

function nextTries(scanned: number, found: number, left: number): number {
  if (found === 0) return scanned * scaleUp
  return Math.min(Math.max(1, Math.ceil((1.5 * left * scanned) / found)), scanned * scaleUp)
}
