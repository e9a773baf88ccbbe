import type { MakeNode } from '../context.ts'
import { samePartitioner } from '../partitioners/same-partitioner.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'

/** Pairs spread by a partitioner; the parent itself where it is spread so already. */
export const partitionBy = (make: MakeNode, parent: RddNode, partitioner: PartitionerSpec): RddNode =>
  samePartitioner(parent.partitioner, partitioner)
    ? parent
    : make({
        kind: 'shuffle',
        operator: 'partitionBy',
        parents: [parent],
        numPartitions: partitioner.numPartitions,
        partitioner,
      })
