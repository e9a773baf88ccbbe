import type { TaskFunction } from '../../closures/closure.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'

/** One record for each record. */
export const map = (make: MakeNode, parent: RddNode, f: TaskFunction): RddNode =>
  make({
    kind: 'narrow',
    operator: 'map',
    parents: [parent],
    numPartitions: parent.numPartitions,
    step: { op: 'map', f },
  })
