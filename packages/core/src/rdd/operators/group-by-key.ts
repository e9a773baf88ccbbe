import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { combineByKey } from './combine-by-key.ts'

/** The values of each key as an array. Nothing is merged before the shuffle: that would save nothing. */
export const groupByKey = (make: MakeNode, parent: RddNode, partitioner: PartitionerSpec): RddNode =>
  combineByKey(
    under(make, 'groupByKey'),
    parent,
    {
      create: builtin('listOf'),
      mergeValue: builtin('appendTo'),
      mergeCombiners: builtin('concatLists'),
      mapSideCombine: false,
    },
    partitioner,
  )
