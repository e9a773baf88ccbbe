import type { TaskFunction } from '../../closures/closure.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'

/** Zero or more records for each record. */
export const flatMap = (make: MakeNode, parent: RddNode, f: TaskFunction): RddNode =>
  make({
    kind: 'narrow',
    operator: 'flatMap',
    parents: [parent],
    numPartitions: parent.numPartitions,
    step: { op: 'flatMap', f },
  })
