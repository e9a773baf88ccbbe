import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import { hashSpec } from '../partitioners/hash-partitioner.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'
import { partitionBy } from './partition-by.ts'

/**
 * Each record with its index over all partitions. The sizes of the partitions are gathered by a shuffle into one partition, which every task reads
 * beside its own; so nothing runs when the operator is applied (Spark runs a job there), and the parent is computed twice.
 */
export function zipWithIndex(make: MakeNode, parent: RddNode): RddNode {
  const named = under(make, 'zipWithIndex')
  const counts = partitionBy(named, mapPartitions(named, parent, builtin('countRecords')), hashSpec(1))
  return named({
    kind: 'zip',
    operator: 'zipWithIndex',
    parents: [parent, counts],
    numPartitions: parent.numPartitions,
    f: builtin('addIndex'),
    inputs: Array.from({ length: parent.numPartitions }, (_, i) => [i, 0]),
  })
}
