import { stats, sum } from './actions/numbers.ts'
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
}
