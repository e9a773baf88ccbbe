import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { sideBySide } from './cogroup.ts'

/** As join; a value without a partner on either side gets `undefined`. */
export const fullOuterJoin = (make: MakeNode, left: RddNode, right: RddNode, partitioner: PartitionerSpec): RddNode =>
  sideBySide(make, [left, right], { name: 'fullOuterJoin', partitioner })
