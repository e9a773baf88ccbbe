import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'

/** One record for each partition: the array of its records. */
export const glom = (make: MakeNode, parent: RddNode): RddNode =>
  mapPartitions(under(make, 'glom'), parent, builtin('glom'))
