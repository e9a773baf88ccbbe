import { builtin } from '../../closures/index.ts'
import { packed } from '../builtins/fresh-zero.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { filter } from './filter.ts'

/**
 * The pairs whose key is neither before `lower` nor after `upper`. Every partition is looked at, of a range-partitioned dataset too (Spark leaves out
 * those that cannot match): the cuts are not known before a job runs.
 */
export const filterByRange = (make: MakeNode, parent: RddNode, lower: unknown, upper: unknown): RddNode =>
  filter(under(make, 'filterByRange'), parent, builtin('keyInRange', [], [packed(lower), packed(upper)]))
