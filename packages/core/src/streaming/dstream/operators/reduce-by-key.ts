import type { TaskFunction } from '../../../closures/closure.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Merges the values of each key of a batch into one. */
export const reduceByKey = (
  make: MakeStream,
  parent: StreamNode,
  merge: TaskFunction,
  partitioner: PartitionerSpec,
): StreamNode => make(named('reduceByKey', [parent], { functions: [merge], data: [partitioner] }))
