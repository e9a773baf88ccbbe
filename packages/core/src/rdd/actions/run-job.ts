import { capture } from '../../closures/index.ts'
import type { Dataset } from '../context.ts'
import { perPartition } from './per-partition.ts'

/** Runs a function over the records of each partition asked, and gives what it returned, in that order. */
export const runJob = <T, U>(
  rdd: Dataset,
  f: (records: IteratorObject<T, undefined, unknown>, partition: number) => U | Promise<U>,
  partitions?: readonly number[],
): Promise<U[]> =>
  rdd.context.act('runJob', async jobs => {
    const closure = capture(f, { operator: 'runJob', async: 'allowed' })
    return perPartition<U>(jobs, rdd, { kind: 'run', f: closure, async: true }, partitions)
  })
