import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { sideBySide } from './cogroup.ts'

/** As join; a right value without a partner gets `undefined`. */
export const rightOuterJoin = (make: MakeNode, left: RddNode, right: RddNode, partitioner: PartitionerSpec): RddNode =>
  sideBySide(make, [left, right], { name: 'rightOuterJoin', partitioner })
