import type { Dataset } from '../context.ts'
import { joined, perPartition } from './per-partition.ts'

/** All records, in the order of the partitions. */
export const collect = <T>(rdd: Dataset, name = 'collect'): Promise<T[]> =>
  rdd.context.act(name, async jobs => joined(await perPartition<T[]>(jobs, rdd, { kind: 'collect' })))
