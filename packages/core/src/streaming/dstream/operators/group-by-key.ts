import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** The values of each key of a batch as an array. */
export const groupByKey = (make: MakeStream, parent: StreamNode, partitioner: PartitionerSpec): StreamNode =>
  make(named('groupByKey', [parent], { data: [partitioner] }))
