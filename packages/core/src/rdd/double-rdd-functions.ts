import { meanApprox, sumApprox } from './actions/approximate.ts'
import { histogram, histogramIn } from './actions/histogram.ts'
import { stats, sum } from './actions/numbers.ts'
import type { BoundedDouble } from './approximate/bounded-double.ts'
import type { PartialResult } from './approximate/partial-result.ts'
import { PairRDDFunctions } from './pair-rdd-functions.ts'
import type { RDD } from './rdd.ts'
import type { StatCounter } from './stat-counter.ts'

/**
 * What an RDD of numbers has beside the rest: every RDD is one of these, and the compiler lets its methods be called where the records are numbers.
 *
 * @see Spark's DoubleRDDFunctions
 * @example
 * await sc.parallelize([1, 2, 3, 4]).mean() // => 2.5
 */
export abstract class DoubleRDDFunctions extends PairRDDFunctions {
  /** The sum of numbers; 0 of none. */
  sum(this: RDD<number>): Promise<number> {
    return sum(this)
  }

  /** The mean of numbers; 0 of none, as in Spark. */
  mean(this: RDD<number>): Promise<number> {
    return stats(this, 'mean').then(found => found.mean)
  }

  /** Count, mean, deviation, largest and smallest of numbers, in one pass. */
  stats(this: RDD<number>): Promise<StatCounter> {
    return stats(this)
  }

  /** The variance of numbers, as of a whole population; `NaN` of none. */
  variance(this: RDD<number>): Promise<number> {
    return stats(this, 'variance').then(found => found.variance)
  }

  /** `variance` by another name. */
  popVariance(this: RDD<number>): Promise<number> {
    return stats(this, 'popVariance').then(found => found.variance)
  }

  /** The standard deviation of numbers, as of a whole population; `NaN` of none. */
  stdev(this: RDD<number>): Promise<number> {
    return stats(this, 'stdev').then(found => found.stdev)
  }

  /** `stdev` by another name. */
  popStdev(this: RDD<number>): Promise<number> {
    return stats(this, 'popStdev').then(found => found.stdev)
  }

  /** The variance of numbers, as of a sample: divided by one less. */
  sampleVariance(this: RDD<number>): Promise<number> {
    return stats(this, 'sampleVariance').then(found => found.sampleVariance)
  }

  /** The standard deviation of numbers, as of a sample: divided by one less. */
  sampleStdev(this: RDD<number>): Promise<number> {
    return stats(this, 'sampleStdev').then(found => found.sampleStdev)
  }

  /**
   * How many numbers each bucket has. With a number: so many buckets of one width between the smallest and the largest; gives their bounds, too. With
   * bounds: the buckets between them, each without its upper bound but the last; `evenBuckets` says that they are of one width, which is faster.
   *
   * @throws DStreamError HISTOGRAM_BUCKETS, HISTOGRAM_RANGE
   * @example
   * await sc.parallelize([1, 2, 3, 4]).histogram(2) // => [[1, 2.5, 4], [2, 2]]
   * await sc.parallelize([1, 2, 3, 4]).histogram([1, 2, 5]) // => [1, 3]
   */
  histogram(this: RDD<number>, numBuckets: number): Promise<[buckets: number[], counts: number[]]>
  histogram(this: RDD<number>, buckets: readonly number[], evenBuckets?: boolean): Promise<number[]>
  histogram(
    this: RDD<number>,
    buckets: number | readonly number[],
    evenBuckets = false,
  ): Promise<[number[], number[]] | number[]> {
    return typeof buckets === 'number' ? histogram(this, buckets) : histogramIn(this, buckets, evenBuckets)
  }

  /** The mean of numbers, as far as is known after so many milliseconds: bounds that hold with the confidence given. */
  meanApprox(this: RDD<number>, timeoutMs: number, confidence = 0.95): Promise<PartialResult<BoundedDouble>> {
    return meanApprox(this, { timeoutMs, confidence })
  }

  /** The sum of numbers, as far as is known after so many milliseconds. */
  sumApprox(this: RDD<number>, timeoutMs: number, confidence = 0.95): Promise<PartialResult<BoundedDouble>> {
    return sumApprox(this, { timeoutMs, confidence })
  }
}
