import { builtin } from '../../closures/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'

/** How a sample is drawn. */
export interface Sampling {
  /** A record may come several times. */
  readonly withReplacement: boolean
  /** Of the records that are to come; with replacement, how often each comes on average. */
  readonly fraction: number
  readonly seed: number
}

/** Records drawn by chance, each for itself: about `fraction` of them. */
export function sample(make: MakeNode, parent: RddNode, { withReplacement, fraction, seed }: Sampling): RddNode {
  checkFraction(fraction, withReplacement)
  const drawing = withReplacement ? 'sampleWithReplacement' : 'sampleRecords'
  const draw = builtin(drawing, [], [fraction, wholeSeed(seed)])
  return mapPartitions(under(make, 'sample'), parent, draw, { preservesPartitioning: true })
}

/** @throws DStreamError SAMPLE_FRACTION */
export function checkFraction(fraction: number, withReplacement: boolean): void {
  if (!(fraction >= 0)) {
    throw new DStreamError('SAMPLE_FRACTION', `Fraction must be nonnegative, but got ${fraction}`, {
      hint: 'Give the share of the records that is wanted: 0.1 for a tenth.',
    })
  }
  if (withReplacement ? fraction < Infinity : fraction <= 1) return
  throw new DStreamError('SAMPLE_FRACTION', `Sampling fraction (${fraction}) must be on interval [0, 1]`, {
    hint: 'Only with replacement can a record come more than once.',
  })
}

/** @throws DStreamError SAMPLE_SEED */
export function wholeSeed(seed: number): number {
  if (Number.isSafeInteger(seed)) return seed
  throw new DStreamError('SAMPLE_SEED', `The seed ${seed} is not a whole number`, {
    hint: 'Give any whole number; the same one gives the same sample.',
  })
}
