import { DStreamError } from '../errors/dstream-error.ts'
import { divisor, Duration } from './duration.ts'

/**
 * A point in time, in whole milliseconds since 1970 UTC: batch times are these. Immutable.
 *
 * @throws DStreamError `TIME_NOT_WHOLE`
 * @see Spark's `org.apache.spark.streaming.Time`
 * @example
 * new Time(1350).floor(Milliseconds(200)).toString() // => '1200 ms'
 */
export class Time {
  readonly milliseconds: number

  constructor(milliseconds: number) {
    if (!Number.isSafeInteger(milliseconds)) {
      throw new DStreamError(
        'TIME_NOT_WHOLE',
        `A time is a whole number of milliseconds since 1970, not ${String(milliseconds)}`,
        {
          hint: 'Pass epoch milliseconds, for example new Time(Date.parse(…)).',
        },
      )
    }
    this.milliseconds = milliseconds + 0 // -0 becomes 0
  }

  plus(that: Duration): Time {
    return new Time(this.milliseconds + that.milliseconds)
  }

  /** Minus a duration: the time before. Minus a time: the duration between. */
  minus(that: Duration): Time
  minus(that: Time): Duration
  minus(that: Duration | Time): Time | Duration {
    const difference = this.milliseconds - that.milliseconds
    return that instanceof Duration ? new Time(difference) : new Duration(difference)
  }

  /**
   * The last multiple of `step` that is not after this time, counted from `zero` (default: 1970). As in Spark, a time before
   * `zero` is cut towards it: `new Time(-50).floor(Milliseconds(100))` is `0 ms`.
   *
   * @throws DStreamError `DIVISION_BY_ZERO` when `step` is zero
   */
  floor(step: Duration, zero?: Time): Time {
    const zeroMs = zero === undefined ? 0 : zero.milliseconds
    const stepMs = divisor(step)
    return new Time(Math.trunc((this.milliseconds - zeroMs) / stepMs) * stepMs + zeroMs)
  }

  /** @throws DStreamError `DIVISION_BY_ZERO` when `that` is zero */
  isMultipleOf(that: Duration): boolean {
    return this.milliseconds % divisor(that) === 0
  }

  /** The times from this one, `step` apart, up to and without `end`. */
  until(end: Time, step: Duration): Time[] {
    return range(this.milliseconds, end.milliseconds, step.milliseconds, false)
  }

  /** The times from this one, `step` apart, up to and with `end`. */
  to(end: Time, step: Duration): Time[] {
    return range(this.milliseconds, end.milliseconds, step.milliseconds, true)
  }

  min(that: Time): Time {
    return this.milliseconds < that.milliseconds ? this : that
  }

  max(that: Time): Time {
    return this.milliseconds > that.milliseconds ? this : that
  }

  lessThan(that: Time): boolean {
    return this.milliseconds < that.milliseconds
  }

  lessOrEqual(that: Time): boolean {
    return this.milliseconds <= that.milliseconds
  }

  greaterThan(that: Time): boolean {
    return this.milliseconds > that.milliseconds
  }

  greaterOrEqual(that: Time): boolean {
    return this.milliseconds >= that.milliseconds
  }

  equals(that: Time): boolean {
    return this.milliseconds === that.milliseconds
  }

  toString(): string {
    return `${this.milliseconds} ms`
  }

  /** Makes `a < b` compare times (without it the texts would be compared). */
  valueOf(): number {
    return this.milliseconds
  }
}

function range(fromMs: number, endMs: number, stepMs: number, inclusive: boolean): Time[] {
  if (stepMs === 0) {
    throw new DStreamError('STEP_IS_ZERO', 'step cannot be 0.', { hint: 'Use a step of at least 1 ms.' })
  }
  const times: Time[] = []
  const wanted = (ms: number): boolean => (inclusive && ms === endMs) || (stepMs > 0 ? ms < endMs : ms > endMs)
  for (let ms = fromMs; wanted(ms); ms += stepMs) times.push(new Time(ms))
  return times
}
