import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** The records dealt out evenly over another number of partitions. */
export const repartition = (make: MakeStream, parent: StreamNode, numPartitions: number): StreamNode =>
  make(named('repartition', [parent], { data: [numPartitions] }))
