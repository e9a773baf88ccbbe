import { builtin, capture } from '../../closures/index.ts'
import { freshZero, packed } from '../builtins/fresh-zero.ts'
import type { Dataset, JobRunner } from '../context.ts'
import { emptyCollection } from './empty-collection.ts'
import { merging } from './merging.ts'
import { joined, perPartition } from './per-partition.ts'

type Merge<T> = (a: T, b: T) => T

/** Merges all records into one: inside each partition first, then those results, in the order of the partitions. */
export const reduce = <T>(rdd: Dataset, f: Merge<T>, name = 'reduce'): Promise<T> =>
  rdd.context.act(name, async jobs => {
    const closure = capture(f, { operator: name, async: 'refused' })
    const action = { kind: 'run', f: builtin('reducePartition', [closure]), async: false } as const
    const results = joined(await perPartition<T[]>(jobs, rdd, action))
    if (results.length === 0) throw emptyCollection()
    return merging(name, closure.site, () => results.reduce(f))
  })

/** As reduce, from a zero: one for each partition, and one more for merging their results. */
export const fold = <T>(rdd: Dataset, zero: T, f: Merge<T>): Promise<T> =>
  rdd.context.act('fold', jobs => aggregated(jobs, rdd, { name: 'fold', zero, seqOp: f, combOp: f }))

/** Merges records into a zero in each partition, then the results into another. */
export const aggregate = <T, U>(
  rdd: Dataset,
  zero: U,
  seqOp: (merged: U, record: T) => U,
  combOp: Merge<U>,
  name = 'aggregate',
): Promise<U> => rdd.context.act(name, jobs => aggregated(jobs, rdd, { name, zero, seqOp, combOp }))

interface Aggregation<T, U> {
  readonly name: string
  readonly zero: U
  readonly seqOp: (merged: U, record: T) => U
  readonly combOp: Merge<U>
}

async function aggregated<T, U>(
  jobs: JobRunner,
  rdd: Dataset,
  { name, zero, seqOp, combOp }: Aggregation<T, U>,
): Promise<U> {
  const closure = capture(seqOp, { operator: name, async: 'refused' })
  const text = packed(zero)
  const action = { kind: 'run', f: builtin('aggregatePartition', [closure], [text]), async: false } as const
  const results = await perPartition<U>(jobs, rdd, action)
  return merging(name, closure.site, () => results.reduce(combOp, freshZero(text)() as U))
}
