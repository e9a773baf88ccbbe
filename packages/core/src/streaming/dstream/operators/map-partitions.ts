import type { TaskFunction } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Each partition as a whole: `f(records, partitionIndex)` gives the new records. */
export const mapPartitions = (
  make: MakeStream,
  parent: StreamNode,
  f: TaskFunction,
  preservesPartitioning: boolean,
): StreamNode => make(named('mapPartitions', [parent], { functions: [f], data: [preservesPartitioning] }))
