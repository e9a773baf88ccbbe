import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { spreadAs } from './preserving.ts'

/** A pair for each value that `f` makes of a pair's value; keys stay where they are. */
export const flatMapValues = (make: MakeNode, parent: RddNode, f: TaskFunction): RddNode =>
  make({
    kind: 'narrow',
    operator: 'flatMapValues',
    parents: [parent],
    numPartitions: parent.numPartitions,
    ...spreadAs(parent),
    step: { op: 'flatMap', f: builtin('flatMapValues', [f]) },
  })
