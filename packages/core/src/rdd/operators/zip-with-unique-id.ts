import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'

/** Each record with a number that no other has: of n partitions, partition k gives k, k + n, k + 2n, … */
export const zipWithUniqueId = (make: MakeNode, parent: RddNode): RddNode =>
  mapPartitions(under(make, 'zipWithUniqueId'), parent, builtin('addUniqueId', [], [parent.numPartitions]))
