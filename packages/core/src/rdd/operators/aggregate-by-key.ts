import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import { packed } from '../builtins/fresh-zero.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { combineByKey } from './combine-by-key.ts'

/** What aggregateByKey and foldByKey merge with. */
export interface ByKeyFunctions {
  readonly seqOp: TaskFunction
  readonly combOp: TaskFunction
}

/** Merges the values of each key into a zero of its own, one for each partition that has the key; then merges those. */
export const aggregateByKey = (
  make: MakeNode,
  parent: RddNode,
  zero: unknown,
  { seqOp, combOp }: ByKeyFunctions,
  partitioner: PartitionerSpec,
): RddNode =>
  combineByKey(
    under(make, 'aggregateByKey'),
    parent,
    {
      create: builtin('createFromZero', [seqOp], [packed(zero)]),
      mergeValue: seqOp,
      mergeCombiners: combOp,
      mapSideCombine: true,
    },
    partitioner,
  )
