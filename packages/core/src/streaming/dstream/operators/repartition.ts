import { positive } from '../../../rdd/operators/coalesce.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/**
 * The records dealt out evenly over another number of partitions.
 * @throws DStreamError PARTITION_COUNT (in Spark only when the first batch is made)
 */
export function repartition(make: MakeStream, parent: StreamNode, numPartitions: number): StreamNode {
  positive(numPartitions)
  return make(named('repartition', [parent], { data: [numPartitions] }))
}
