import { builtin } from '../../closures/index.ts'
import { packed } from '../builtins/fresh-zero.ts'
import { under, type MakeNode } from '../context.ts'
import { hashSpec } from '../partitioners/hash-partitioner.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'
import { partitionBy } from './partition-by.ts'
import { spreadAs } from './preserving.ts'
import { checkFraction, wholeSeed } from './sample.ts'

/** How the pairs of each key are drawn. */
export interface KeySampling {
  readonly withReplacement: boolean
  readonly fractions: Iterable<readonly [key: unknown, fraction: number]>
  readonly seed: number
}

/** Pairs drawn by chance, each for itself: of each key about its fraction. */
export const sampleByKey = (make: MakeNode, parent: RddNode, sampling: KeySampling): RddNode =>
  mapPartitions(under(make, 'sampleByKey'), parent, builtin('sampleByKey', [], dataOf(sampling)), {
    preservesPartitioning: true,
  })

/**
 * Pairs drawn by chance: of each key exactly ceil(fraction · count). The counts of the keys of each partition are gathered by a shuffle into one partition, which
 * every task reads beside its own; so the parent is computed twice, and one task holds a number for each key of each partition.
 */
export function sampleByKeyExact(make: MakeNode, parent: RddNode, sampling: KeySampling): RddNode {
  const named = under(make, 'sampleByKeyExact')
  const counts = partitionBy(named, mapPartitions(named, parent, builtin('countKeys')), hashSpec(1))
  return named({
    kind: 'zip',
    operator: 'sampleByKeyExact',
    parents: [parent, counts],
    numPartitions: parent.numPartitions,
    ...spreadAs(parent),
    f: builtin('sampleByKeyExactly', [], dataOf(sampling)),
    inputs: Array.from({ length: parent.numPartitions }, (_, i) => [i, 0]),
  })
}

function dataOf({ withReplacement, fractions, seed }: KeySampling): readonly unknown[] {
  const all = Array.from(fractions, ([key, fraction]) => [key, fraction] as const)
  for (const [, fraction] of all) checkFraction(fraction, withReplacement)
  return [packed(all), withReplacement, wholeSeed(seed)]
}
