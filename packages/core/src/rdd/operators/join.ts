import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { sideBySide } from './cogroup.ts'

/** A pair of values for each combination of the values that a key has on both sides. */
export const join = (make: MakeNode, left: RddNode, right: RddNode, partitioner: PartitionerSpec): RddNode =>
  sideBySide(make, [left, right], { name: 'join', partitioner })
