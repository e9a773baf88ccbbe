import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import { samePartitioner } from '../partitioners/same-partitioner.ts'
import type { Aggregate, RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { mapPartitions } from './map-partitions.ts'

/**
 * Merges the values of each key: inside each partition first where `mapSideCombine` says so, then again after the shuffle. Pairs that are
 * already spread so are merged where they are.
 *
 * @see Spark's PairRDDFunctions.combineByKeyWithClassTag
 */
export function combineByKey(
  make: MakeNode,
  parent: RddNode,
  aggregate: Aggregate,
  partitioner: PartitionerSpec,
): RddNode {
  if (samePartitioner(parent.partitioner, partitioner)) {
    const inPlace = builtin('combinePartition', [aggregate.create, aggregate.mergeValue])
    return mapPartitions(under(make, 'combineByKey'), parent, inPlace, { preservesPartitioning: true })
  }
  return make({
    kind: 'shuffle',
    operator: 'combineByKey',
    parents: [parent],
    numPartitions: partitioner.numPartitions,
    partitioner,
    aggregate,
  })
}
