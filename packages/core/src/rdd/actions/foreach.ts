import { builtin, capture } from '../../closures/index.ts'
import type { Dataset } from '../context.ts'
import { perPartition } from './per-partition.ts'

/** Calls a function for each record, in tasks. */
export const foreach = <T>(rdd: Dataset, f: (record: T) => void): Promise<void> =>
  rdd.context.act('foreach', async jobs => {
    const closure = capture(f, { operator: 'foreach', async: 'refused' })
    await perPartition(jobs, rdd, { kind: 'run', f: builtin('foreachRecord', [closure]), async: false })
  })

/** Calls a function once for each partition, in tasks; awaits what it returns. */
export const foreachPartition = <T>(
  rdd: Dataset,
  f: (records: IteratorObject<T, undefined, unknown>) => unknown,
): Promise<void> =>
  rdd.context.act('foreachPartition', async jobs => {
    const closure = capture(f, { operator: 'foreachPartition', async: 'allowed' })
    await perPartition(jobs, rdd, { kind: 'run', f: builtin('foreachPartition', [closure]), async: true })
  })
