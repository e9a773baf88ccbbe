import { builtin, capture } from '../../closures/index.ts'
import { compareKeys } from '../../codec/index.ts'
import type { Dataset, JobRunner } from '../context.ts'
import { smallest } from '../smallest.ts'
import { emptyCollection } from './empty-collection.ts'
import { joined, perPartition } from './per-partition.ts'

/** An order: negative when `a` comes first. Where none is given, the natural order of keys (`compareKeys`). */
export type Compare<T> = (a: T, b: T) => number

interface Wanted<T> {
  readonly name: string
  readonly count: number
  readonly compare: Compare<T> | undefined
  /** 1: smallest first; -1: largest first. */
  readonly sign: 1 | -1
}

/** The first records in an order: each partition gives its first, the driver merges them. */
async function ordered<T>(jobs: JobRunner, rdd: Dataset, { name, count, compare, sign }: Wanted<T>): Promise<T[]> {
  const functions = compare === undefined ? [] : [capture(compare, { operator: name, async: 'refused' })]
  if (count <= 0) return []
  const f = builtin('smallestRecords', functions, [count, sign])
  const parts = await perPartition<T[]>(jobs, rdd, { kind: 'run', f, async: false })
  const order = compare ?? compareKeys
  return smallest(joined(parts), count, (a, b) => order(a, b) * sign)
}

/** The first `count` records, smallest first. */
export const takeOrdered = <T>(rdd: Dataset, count: number, compare: Compare<T> | undefined): Promise<T[]> =>
  rdd.context.act('takeOrdered', jobs => ordered(jobs, rdd, { name: 'takeOrdered', count, compare, sign: 1 }))

/** The last `count` records, largest first. */
export const top = <T>(rdd: Dataset, count: number, compare: Compare<T> | undefined): Promise<T[]> =>
  rdd.context.act('top', jobs => ordered(jobs, rdd, { name: 'top', count, compare, sign: -1 }))

/** The largest record; of equal ones the first. */
export const max = <T>(rdd: Dataset, compare: Compare<T> | undefined): Promise<T> => extreme(rdd, 'max', compare, -1)

/** The smallest record; of equal ones the first. */
export const min = <T>(rdd: Dataset, compare: Compare<T> | undefined): Promise<T> => extreme(rdd, 'min', compare, 1)

const extreme = <T>(rdd: Dataset, name: string, compare: Compare<T> | undefined, sign: 1 | -1): Promise<T> =>
  rdd.context.act(name, async jobs => {
    const found = await ordered(jobs, rdd, { name, count: 1, compare, sign })
    if (found.length === 0) throw emptyCollection()
    return found[0] as T
  })
