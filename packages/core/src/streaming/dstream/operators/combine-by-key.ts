import type { Aggregate } from '../../../rdd/plan/node.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Merges the values of each key of a batch into a combiner of another type. */
export const combineByKey = (
  make: MakeStream,
  parent: StreamNode,
  { create, mergeValue, mergeCombiners, mapSideCombine }: Aggregate,
  partitioner: PartitionerSpec,
): StreamNode =>
  make(
    named('combineByKey', [parent], {
      functions: [create, mergeValue, mergeCombiners],
      data: [partitioner, mapSideCombine],
    }),
  )
