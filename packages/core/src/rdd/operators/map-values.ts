import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { spreadAs } from './preserving.ts'

/** Changes the value of each pair; keys stay where they are. */
export const mapValues = (make: MakeNode, parent: RddNode, f: TaskFunction): RddNode =>
  make({
    kind: 'narrow',
    operator: 'mapValues',
    parents: [parent],
    numPartitions: parent.numPartitions,
    ...spreadAs(parent),
    step: { op: 'map', f: builtin('mapValues', [f]) },
  })
