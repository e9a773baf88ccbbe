import type { TaskFunction } from '../../closures/closure.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { aggregateByKey } from './aggregate-by-key.ts'

/** aggregateByKey with one function for both merges. */
export const foldByKey = (
  make: MakeNode,
  parent: RddNode,
  zero: unknown,
  f: TaskFunction,
  partitioner: PartitionerSpec,
): RddNode => aggregateByKey(under(make, 'foldByKey'), parent, zero, { seqOp: f, combOp: f }, partitioner)
