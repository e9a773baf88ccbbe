import { builtin } from '../../closures/index.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'

/** Every pair of a record of one and a record of the other; a partition for each pair of partitions. */
export const cartesian = (make: MakeNode, left: RddNode, right: RddNode): RddNode => {
  const numPartitions = left.numPartitions * right.numPartitions
  return make({
    kind: 'zip',
    operator: 'cartesian',
    parents: [left, right],
    numPartitions,
    f: builtin('cartesian'),
    inputs: Array.from({ length: numPartitions }, (_, i) => [
      Math.floor(i / right.numPartitions),
      i % right.numPartitions,
    ]),
  })
}
