import type { TaskFunction } from '../../closures/closure.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { spreadAs } from './preserving.ts'

export interface MapPartitionsOptions {
  /** The function leaves the keys of pairs as they are, so their partitioner still holds. */
  readonly preservesPartitioning?: boolean
}

/** Each partition as a whole: `f(records, partitionIndex)` gives the new records. Awaited where the function is declared `async`. */
export const mapPartitions = (
  make: MakeNode,
  parent: RddNode,
  f: TaskFunction,
  options: MapPartitionsOptions = {},
): RddNode =>
  make({
    kind: 'narrow',
    operator: 'mapPartitions',
    parents: [parent],
    numPartitions: parent.numPartitions,
    ...(options.preservesPartitioning ? spreadAs(parent) : {}),
    step: { op: 'mapPartitions', f, ...(isAsync(f) ? { async: true } : {}) },
  })

/** A builtin is async when a function it calls is. */
function isAsync(f: TaskFunction): boolean {
  return f.kind === 'closure' ? f.async : f.functions.some(isAsync)
}
