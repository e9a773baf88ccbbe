import type { TaskFunction } from '../../closures/closure.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { spreadAs } from './preserving.ts'

/** The records for which the predicate holds; keys stay where they are. */
export const filter = (make: MakeNode, parent: RddNode, f: TaskFunction): RddNode =>
  make({
    kind: 'narrow',
    operator: 'filter',
    parents: [parent],
    numPartitions: parent.numPartitions,
    ...spreadAs(parent),
    step: { op: 'filter', f },
  })
