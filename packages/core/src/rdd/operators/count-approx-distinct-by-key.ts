import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import { precisionFor } from '../hyper-log-log.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { combineByKey } from './combine-by-key.ts'
import { mapValues } from './map-values.ts'

/** About how many different values each key has. Each key takes a sketch, whatever it has: 512 bytes at a deviation of 5 %. */
export function countApproxDistinctByKey(
  make: MakeNode,
  parent: RddNode,
  relativeSD: number,
  partitioner: PartitionerSpec,
): RddNode {
  const named = under(make, 'countApproxDistinctByKey')
  const precision = precisionFor(relativeSD)
  const sketches = combineByKey(
    named,
    parent,
    {
      create: builtin('sketchOf', [], [precision]),
      mergeValue: builtin('addToSketch'),
      mergeCombiners: builtin('mergeSketches'),
      mapSideCombine: true,
    },
    partitioner,
  )
  return mapValues(named, sketches, builtin('estimateOfSketch'))
}
