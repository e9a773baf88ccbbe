import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions, type MapPartitionsOptions } from './map-partitions.ts'

/** As mapPartitions, with Spark's order of arguments: `f(partitionIndex, records)`. */
export const mapPartitionsWithIndex = (
  make: MakeNode,
  parent: RddNode,
  f: TaskFunction,
  options?: MapPartitionsOptions,
): RddNode => mapPartitions(under(make, 'mapPartitionsWithIndex'), parent, builtin('withIndex', [f]), options)
