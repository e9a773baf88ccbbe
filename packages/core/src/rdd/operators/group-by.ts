import type { TaskFunction } from '../../closures/closure.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { groupByKey } from './group-by-key.ts'
import { keyBy } from './key-by.ts'

/** The records of each key that `f` gives, as an array. */
export const groupBy = (make: MakeNode, parent: RddNode, f: TaskFunction, partitioner: PartitionerSpec): RddNode => {
  const named = under(make, 'groupBy')
  return groupByKey(named, keyBy(named, parent, f), partitioner)
}
