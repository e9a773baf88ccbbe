import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Pairs spread by a partitioner. */
export const partitionBy = (make: MakeStream, parent: StreamNode, partitioner: PartitionerSpec): StreamNode =>
  make(named('partitionBy', [parent], { data: [partitioner] }))
