import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'
import { values } from './values.ts'

/** Fewer partitions, neighbours put together: partition i is those from floor(i·n/p) up to floor((i+1)·n/p). Never more than there are. */
export function coalesce(make: MakeNode, parent: RddNode, numPartitions: number): RddNode {
  positive(numPartitions)
  const length = Math.min(numPartitions, parent.numPartitions)
  const cut = (i: number) => Math.floor((i * parent.numPartitions) / length)
  const inputs = Array.from({ length }, (_, i) =>
    Array.from({ length: cut(i + 1) - cut(i) }, (_, k) => ({ parent: 0, partition: cut(i) + k })),
  )
  return make({ kind: 'concat', operator: 'coalesce', parents: [parent], numPartitions: length, inputs })
}

/** Any number of partitions, records dealt out evenly through a shuffle: each partition deals from a start of its own. */
export function repartition(make: MakeNode, parent: RddNode, numPartitions: number): RddNode {
  positive(numPartitions)
  const named = under(make, 'repartition')
  const shuffled = named({
    kind: 'shuffle',
    operator: 'repartition',
    parents: [mapPartitions(named, parent, builtin('dealOut', [], [numPartitions]))],
    numPartitions,
    partitioner: { kind: 'custom', numPartitions, partition: builtin('positionMod', [], [numPartitions]) },
  })
  return values(named, shuffled)
}

/** @throws DStreamError PARTITION_COUNT */
export function positive(numPartitions: number): void {
  if (Number.isInteger(numPartitions) && numPartitions > 0) return
  throw new DStreamError('PARTITION_COUNT', `Number of partitions (${numPartitions}) must be positive.`, {
    hint: 'Give a whole number of partitions, 1 or more.',
  })
}
