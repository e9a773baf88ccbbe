import type { Dataset } from '../context.ts'
import { perPartition } from './per-partition.ts'

/** How many records there are. */
export const count = (rdd: Dataset): Promise<number> =>
  rdd.context.act('count', async jobs =>
    (await perPartition<number>(jobs, rdd, { kind: 'count' })).reduce((a, b) => a + b, 0),
  )
