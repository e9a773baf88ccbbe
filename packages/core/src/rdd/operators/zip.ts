import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'

/** First with first, second with second…, partition by partition; both must have equally many everywhere. */
export function zip(make: MakeNode, left: RddNode, right: RddNode): RddNode {
  if (left.numPartitions !== right.numPartitions) {
    throw new DStreamError(
      'ZIP_PARTITIONS_DIFFER',
      `Can't zip RDDs with unequal numbers of partitions: List(${left.numPartitions}, ${right.numPartitions})`,
      { hint: 'Zip only datasets of which one was made from the other by map.' },
    )
  }
  const { numPartitions } = left
  return make({
    kind: 'zip',
    operator: 'zip',
    parents: [left, right],
    numPartitions,
    f: builtin('zipRecords'),
    inputs: Array.from({ length: numPartitions }, (_, i) => [i, i]),
  })
}
