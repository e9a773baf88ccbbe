import { KeyMap } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { StatCounter, type StatData } from '../stat-counter.ts'
import { BoundedDouble } from './bounded-double.ts'
import { normalQuantile, poissonQuantile, studentQuantile } from './quantiles.ts'

/** Makes a result of those partitions that have ended: some, or all. */
export interface Evaluator<P, R> {
  merge(part: P): void
  /** @param share of the partitions that have ended: from 0 to 1 */
  result(share: number): R
}

/** @throws DStreamError APPROX_CONFIDENCE */
export function checkConfidence(confidence: number): void {
  if (confidence >= 0 && confidence <= 1) return
  throw new DStreamError('APPROX_CONFIDENCE', `confidence (${confidence}) must be in [0,1]`, {
    hint: 'Give 0.95 for bounds that hold 95 times of 100.',
  })
}

const exactly = (value: number): BoundedDouble => new BoundedDouble(value, 1, value, value)

/** A count, from a share of it: what is not yet counted is a Poisson variable. @see Spark's CountEvaluator */
export function boundedCount(confidence: number, count: number, share: number): BoundedDouble {
  if (share === 1) return exactly(count)
  if (share === 0 || count === 0) return new BoundedDouble(0, 0, 0, Infinity)
  const missing = (count * (1 - share)) / share
  const at = (probability: number): number => count + poissonQuantile(probability, missing)
  return new BoundedDouble(count + missing, confidence, at((1 - confidence) / 2), at((1 + confidence) / 2))
}

export class CountEvaluator implements Evaluator<number, BoundedDouble> {
  readonly #confidence: number
  #count = 0

  constructor(confidence: number) {
    this.#confidence = confidence
  }

  merge(count: number): void {
    this.#count += count
  }

  result(share: number): BoundedDouble {
    return boundedCount(this.#confidence, this.#count, share)
  }
}

/** Counts by key. Keys of which nothing was seen yet are not in it. @see Spark's GroupedCountEvaluator */
export class GroupedCountEvaluator<K> implements Evaluator<
  readonly (readonly [K, number])[],
  KeyMap<K, BoundedDouble>
> {
  readonly #confidence: number
  readonly #counts = new KeyMap<K, number>()

  constructor(confidence: number) {
    this.#confidence = confidence
  }

  merge(counts: readonly (readonly [K, number])[]): void {
    for (const [key, count] of counts) this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
  }

  result(share: number): KeyMap<K, BoundedDouble> {
    return new KeyMap([...this.#counts].map(([key, count]) => [key, boundedCount(this.#confidence, count, share)]))
  }
}

/** Mean of numbers, from a part of them. @see Spark's MeanEvaluator */
export class MeanEvaluator implements Evaluator<StatData, BoundedDouble> {
  readonly #confidence: number
  readonly #numbers = new StatCounter()

  constructor(confidence: number) {
    this.#confidence = confidence
  }

  merge(part: StatData): void {
    this.#numbers.mergeStats(StatCounter.fromData(part))
  }

  result(share: number): BoundedDouble {
    const { count, mean, sampleVariance } = this.#numbers
    if (share === 1) return exactly(mean)
    if (share === 0 || count <= 1) return new BoundedDouble(mean, this.#confidence, -Infinity, Infinity)
    const reach = deviations(this.#confidence, count) * Math.sqrt(sampleVariance / count)
    return new BoundedDouble(mean, this.#confidence, mean - reach, mean + reach)
  }
}

/** Sum of numbers, from a part of them: neither their mean nor their count is certain. @see Spark's SumEvaluator */
export class SumEvaluator implements Evaluator<StatData, BoundedDouble> {
  readonly #confidence: number
  readonly #numbers = new StatCounter()

  constructor(confidence: number) {
    this.#confidence = confidence
  }

  merge(part: StatData): void {
    this.#numbers.mergeStats(StatCounter.fromData(part))
  }

  result(share: number): BoundedDouble {
    const { count, mean, sum, sampleVariance } = this.#numbers
    if (share === 1) return exactly(sum)
    if (share === 0 || count === 0) return new BoundedDouble(0, 0, -Infinity, Infinity)
    const all = count / share
    if (count === 1) return new BoundedDouble(mean * all, this.#confidence, -Infinity, Infinity)
    const varianceOfMean = sampleVariance / count
    const varianceOfCount = (count * (1 - share)) / share ** 2
    const variance = varianceOfMean * all ** 2 + varianceOfCount * mean ** 2 + varianceOfMean * varianceOfCount
    const reach = deviations(this.#confidence, count) * Math.sqrt(variance)
    return new BoundedDouble(mean * all, this.#confidence, mean * all - reach, mean * all + reach)
  }
}

/** How many standard deviations to either side the bounds are: of few numbers, more. */
function deviations(confidence: number, count: number): number {
  const probability = 1 - (1 - confidence) / 2
  return count > 100 ? normalQuantile(probability) : studentQuantile(probability, count - 1)
}
