import { builtin } from '../../../closures/index.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'
import { reduceByKey } from './reduce-by-key.ts'

/** For each distinct record of a batch, how often it occurs. */
export function countByValue(make: MakeStream, parent: StreamNode, partitioner: PartitionerSpec): StreamNode {
  const under = underName(make, 'countByValue')
  return reduceByKey(under, withOne(under, parent), builtin('add'), partitioner)
}

/** Each record with a 1. */
export const withOne = (make: MakeStream, parent: StreamNode): StreamNode =>
  make(named('map', [parent], { functions: [builtin('pairWith', [], [1])] }))
