import { DStreamError } from '../errors/dstream-error.ts'
import type { Duration } from './duration.ts'
import type { Time } from './time.ts'

/**
 * The time between two times. Intervals of the same duration are ordered by their ends.
 *
 * @see Spark's `org.apache.spark.streaming.Interval`
 * @example
 * new Interval(new Time(0), new Time(1000)).plus(Seconds(2)).toString() // => '[2000 ms, 3000 ms]'
 */
export class Interval {
  readonly beginTime: Time
  readonly endTime: Time

  constructor(beginTime: Time, endTime: Time) {
    this.beginTime = beginTime
    this.endTime = endTime
  }

  duration(): Duration {
    return this.endTime.minus(this.beginTime)
  }

  /** The interval moved later by `shift`. */
  plus(shift: Duration): Interval {
    return new Interval(this.beginTime.plus(shift), this.endTime.plus(shift))
  }

  /** The interval moved earlier by `shift`. */
  minus(shift: Duration): Interval {
    return new Interval(this.beginTime.minus(shift), this.endTime.minus(shift))
  }

  /** @throws DStreamError `INTERVALS_DIFFER` when the durations are not equal (so do the other comparisons) */
  lessThan(that: Interval): boolean {
    if (!this.duration().equals(that.duration())) {
      throw new DStreamError(
        'INTERVALS_DIFFER',
        `Comparing two intervals with different durations [${this.toString()}, ${that.toString()}]`,
        {
          hint: 'Only intervals of one length have an order; compare beginTime or endTime instead.',
        },
      )
    }
    return this.endTime.lessThan(that.endTime)
  }

  lessOrEqual(that: Interval): boolean {
    return this.lessThan(that) || this.equals(that)
  }

  greaterThan(that: Interval): boolean {
    return !this.lessOrEqual(that)
  }

  greaterOrEqual(that: Interval): boolean {
    return !this.lessThan(that)
  }

  equals(that: Interval): boolean {
    return this.beginTime.equals(that.beginTime) && this.endTime.equals(that.endTime)
  }

  toString(): string {
    return `[${this.beginTime.toString()}, ${this.endTime.toString()}]`
  }
}
