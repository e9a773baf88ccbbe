import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'

/** Pairs spread by a partitioner, each partition in the order of its keys: sorted while they are shuffled, which is cheaper than afterwards. */
export const repartitionAndSortWithinPartitions = (
  make: MakeNode,
  parent: RddNode,
  partitioner: PartitionerSpec,
): RddNode =>
  make({
    kind: 'shuffle',
    operator: 'repartitionAndSortWithinPartitions',
    parents: [parent],
    numPartitions: partitioner.numPartitions,
    partitioner,
    order: 'ascending',
  })
