import { builtin } from '../../closures/index.ts'
import { packed } from '../builtins/fresh-zero.ts'
import type { Dataset, JobRunner } from '../context.ts'
import { checkBuckets, evenBuckets } from '../histogram-buckets.ts'
import { StatCounter, type StatData } from '../stat-counter.ts'
import { perPartition } from './per-partition.ts'

/** Numbers counted in buckets of one width between the smallest and the largest: the bounds, and the counts. */
export const histogram = (rdd: Dataset, count: number): Promise<[buckets: number[], counts: number[]]> =>
  rdd.context.act('histogram', async jobs => {
    const parts = await perPartition<StatData>(jobs, rdd, { kind: 'run', f: builtin('stats'), async: false })
    const { min, max } = parts.reduce((all, part) => all.mergeStats(StatCounter.fromData(part)), new StatCounter())
    const buckets = evenBuckets(min, max, count)
    return [buckets, await counted(jobs, rdd, buckets, true)]
  })

/** Numbers counted in the buckets between these bounds. */
export const histogramIn = (rdd: Dataset, buckets: readonly number[], even: boolean): Promise<number[]> =>
  rdd.context.act('histogram', async jobs => {
    checkBuckets(buckets)
    return counted(jobs, rdd, buckets, even)
  })

async function counted(jobs: JobRunner, rdd: Dataset, buckets: readonly number[], even: boolean): Promise<number[]> {
  const f = builtin('countInBuckets', [], [packed(buckets), even])
  const parts = await perPartition<number[]>(jobs, rdd, { kind: 'run', f, async: false })
  return parts.reduce((all, part) => all.map((n, i) => n + part[i]!), Array.from({ length: buckets.length - 1 }, () => 0)) // prettier-ignore
}
