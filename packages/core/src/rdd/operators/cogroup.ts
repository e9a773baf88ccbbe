import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { partitionBy } from './partition-by.ts'

/** Parents spread alike, their partitions side by side under a builtin: what cogroup and all joins are. */
export function sideBySide(
  make: MakeNode,
  parents: readonly RddNode[],
  { name, partitioner, keepsKeys = true }: { name: string; partitioner: PartitionerSpec; keepsKeys?: boolean },
): RddNode {
  const named = under(make, name)
  const spread = parents.map(parent => partitionBy(named, parent, partitioner))
  return named({
    kind: 'zip',
    operator: name,
    parents: spread,
    numPartitions: partitioner.numPartitions,
    ...(keepsKeys ? { partitioner } : {}),
    f: builtin(name),
    inputs: Array.from({ length: partitioner.numPartitions }, (_, i) => spread.map(() => i)),
  })
}

/** For each key of any parent: the arrays of its values in each parent. */
export const cogroup = (make: MakeNode, parents: readonly RddNode[], partitioner: PartitionerSpec): RddNode =>
  sideBySide(make, parents, { name: 'cogroup', partitioner })
