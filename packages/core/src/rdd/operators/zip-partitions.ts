import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { MapPartitionsOptions } from './map-partitions.ts'
import { spreadAs } from './preserving.ts'

/** What `f` makes of the partitions of several datasets side by side: first with first, second with second… All have equally many. */
export function zipPartitions(
  make: MakeNode,
  parents: readonly RddNode[],
  f: TaskFunction,
  { preservesPartitioning = false }: MapPartitionsOptions = {},
): RddNode {
  const counts = parents.map(parent => parent.numPartitions)
  const numPartitions = counts[0]!
  if (counts.some(count => count !== numPartitions)) {
    throw new DStreamError(
      'ZIP_PARTITIONS_DIFFER',
      `Can't zip RDDs with unequal numbers of partitions: List(${counts.join(', ')})`,
      { hint: 'Give all the same number first: repartition, coalesce, partitionBy.' },
    )
  }
  return make({
    kind: 'zip',
    operator: 'zipPartitions',
    parents,
    numPartitions,
    ...(preservesPartitioning ? spreadAs(parents[0]!) : {}),
    f: builtin('zipPartitions', [f]),
    inputs: Array.from({ length: numPartitions }, (_, i) => parents.map(() => i)),
  })
}
