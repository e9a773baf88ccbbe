import type { TaskFunction } from '../../closures/closure.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { keyBy } from './key-by.ts'
import { sortByKey, type SortOptions } from './sort-by-key.ts'
import { values } from './values.ts'

/** Records in the order of what `f` makes of them. */
export const sortBy = (make: MakeNode, parent: RddNode, f: TaskFunction, options: SortOptions): RddNode => {
  const named = under(make, 'sortBy')
  return values(named, sortByKey(named, keyBy(named, parent, f), options))
}
