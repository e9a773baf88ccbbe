import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'
import { wholeSeed } from './sample.ts'

/** Every record in one of several datasets, by chance; their sizes are about as the weights. */
export function randomSplit(make: MakeNode, parent: RddNode, weights: readonly number[], seed: number): RddNode[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  checkWeights(weights, sum)
  let passed = 0
  const bounds = [0, ...weights.map(weight => (passed += weight) / sum)]
  bounds[weights.length] = 1 // Whatever was lost in rounding: no record falls out.
  return weights.map((_, i) => {
    const range = builtin('sampleRange', [], [bounds[i], bounds[i + 1], wholeSeed(seed)])
    return mapPartitions(under(make, 'randomSplit'), parent, range, { preservesPartitioning: true })
  })
}

function checkWeights(weights: readonly number[], sum: number): void {
  const hint = 'Give a weight for each part: [3, 1] for three quarters and one.'
  const shown = `[${weights.join(',')}]`
  if (!weights.every(weight => weight >= 0))
    throw new DStreamError('SAMPLE_WEIGHTS', `Weights must be nonnegative, but got ${shown}`, { hint })
  if (!(sum > 0 && sum < Infinity))
    throw new DStreamError('SAMPLE_WEIGHTS', `Sum of weights must be positive, but got ${shown}`, { hint })
}
