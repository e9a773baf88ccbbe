import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { sideBySide } from './cogroup.ts'

/** The pairs whose key the other dataset has not. */
export const subtractByKey = (make: MakeNode, left: RddNode, right: RddNode, partitioner: PartitionerSpec): RddNode =>
  sideBySide(under(make, 'subtractByKey'), [left, right], { name: 'subtractKeys', partitioner })
