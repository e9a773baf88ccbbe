import type { MakeNode } from '../context.ts'
import { samePartitioner } from '../partitioners/same-partitioner.ts'
import type { PartitionRef, RddNode } from '../plan/node.ts'

/**
 * The records of all parents, partitions one behind the other. Parents that are all spread by one partitioner are put
 * together partition by partition and stay spread by it.
 *
 * @see Spark's UnionRDD and PartitionerAwareUnionRDD
 */
export function union(make: MakeNode, parents: readonly RddNode[]): RddNode {
  const filled = parents.filter(parent => parent.numPartitions > 0)
  const partitioner = filled[0]?.partitioner
  if (partitioner !== undefined && filled.every(parent => samePartitioner(parent.partitioner, partitioner))) {
    const inputs = Array.from({ length: partitioner.numPartitions }, (_, partition) =>
      filled.map((_, parent) => ({ parent, partition })),
    )
    return make({
      kind: 'concat',
      operator: 'union',
      parents: filled,
      numPartitions: inputs.length,
      partitioner,
      inputs,
    })
  }
  const inputs: PartitionRef[][] = []
  parents.forEach((node, parent) => {
    for (let partition = 0; partition < node.numPartitions; partition++) inputs.push([{ parent, partition }])
  })
  return make({ kind: 'concat', operator: 'union', parents, numPartitions: inputs.length, inputs })
}
