import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { combineByKey } from './combine-by-key.ts'

/** Merges the values of each key into one by an associative function. */
export const reduceByKey = (
  make: MakeNode,
  parent: RddNode,
  merge: TaskFunction,
  partitioner: PartitionerSpec,
): RddNode =>
  combineByKey(
    under(make, 'reduceByKey'),
    parent,
    { create: builtin('identity'), mergeValue: merge, mergeCombiners: merge, mapSideCombine: true },
    partitioner,
  )
