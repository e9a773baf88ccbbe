import { DStreamError } from '../errors/dstream-error.ts'

/**
 * A length of time in whole milliseconds; negative ones exist (the difference of two times). Immutable.
 *
 * Made with {@link Milliseconds}, {@link Seconds}, {@link Minutes}, without `new`. A bare number is no duration: the type says so, and
 * {@link asDuration} says so at run time.
 *
 * @throws DStreamError `DURATION_NOT_WHOLE` when it is not a whole number of milliseconds
 * @see Spark's `org.apache.spark.streaming.Duration`
 * @example
 * Seconds(3).isMultipleOf(Seconds(1)) // => true
 */
export class Duration {
  readonly milliseconds: number

  constructor(milliseconds: number) {
    if (!Number.isSafeInteger(milliseconds)) {
      throw new DStreamError(
        'DURATION_NOT_WHOLE',
        `A duration is a whole number of milliseconds, not ${String(milliseconds)}`,
        {
          hint: 'Round it, for example Milliseconds(Math.round(x)).',
        },
      )
    }
    this.milliseconds = milliseconds + 0 // -0 becomes 0
  }

  plus(that: Duration): Duration {
    return new Duration(this.milliseconds + that.milliseconds)
  }

  minus(that: Duration): Duration {
    return new Duration(this.milliseconds - that.milliseconds)
  }

  times(factor: number): Duration {
    return new Duration(this.milliseconds * factor)
  }

  /** How often `that` fits into this one: a plain number, with a fraction. By a zero duration: ±Infinity or NaN. */
  div(that: Duration): number {
    return this.milliseconds / that.milliseconds
  }

  lessThan(that: Duration): boolean {
    return this.milliseconds < that.milliseconds
  }

  lessOrEqual(that: Duration): boolean {
    return this.milliseconds <= that.milliseconds
  }

  greaterThan(that: Duration): boolean {
    return this.milliseconds > that.milliseconds
  }

  greaterOrEqual(that: Duration): boolean {
    return this.milliseconds >= that.milliseconds
  }

  equals(that: Duration): boolean {
    return this.milliseconds === that.milliseconds
  }

  min(that: Duration): Duration {
    return this.milliseconds < that.milliseconds ? this : that
  }

  max(that: Duration): Duration {
    return this.milliseconds > that.milliseconds ? this : that
  }

  /**
   * Whether this is a whole multiple of `that`; zero is a multiple of everything.
   * @throws DStreamError `DIVISION_BY_ZERO` when `that` is zero
   */
  isMultipleOf(that: Duration): boolean {
    return this.milliseconds % divisor(that) === 0
  }

  isZero(): boolean {
    return this.milliseconds === 0
  }

  /** For people: `999 ms`, `1.5 s`, `2.0 m`, `1.25 h`. */
  prettyPrint(): string {
    const ms = this.milliseconds
    if (ms < 1000) return `${ms} ms`
    if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
    if (ms < 3_600_000) return `${(ms / 60_000).toFixed(1)} m`
    return `${(ms / 3_600_000).toFixed(2)} h`
  }

  /** The milliseconds as text, without a unit. */
  toFormattedString(): string {
    return String(this.milliseconds)
  }

  toString(): string {
    return `${this.milliseconds} ms`
  }

  /** Makes `a < b` compare lengths (without it the texts would be compared). */
  valueOf(): number {
    return this.milliseconds
  }
}

/** A duration of `n` milliseconds. @example Milliseconds(200).toString() // => '200 ms' */
export function Milliseconds(n: number): Duration {
  return new Duration(n)
}

/** A duration of `n` seconds; a fraction is fine if whole milliseconds come out. @example Seconds(1).milliseconds // => 1000 */
export function Seconds(n: number): Duration {
  return new Duration(n * 1000)
}

/** A duration of `n` minutes. @example Minutes(2).milliseconds // => 120000 */
export function Minutes(n: number): Duration {
  return new Duration(n * 60_000)
}

/**
 * The value, if it is a duration; for the edge of the public API, where plain JavaScript may pass anything.
 *
 * @param what what the value is for, as the message shall name it: `batch interval`
 * @throws DStreamError `NOT_A_DURATION` naming what was passed
 * @example
 * asDuration(Seconds(1), 'batch interval').milliseconds // => 1000
 */
export function asDuration(value: unknown, what: string): Duration {
  if (value instanceof Duration) return value
  const shown =
    typeof value === 'number'
      ? `the number ${value}`
      : value === null
        ? 'null'
        : typeof value === 'string'
          ? `the string '${value}'`
          : `a value of type ${typeof value}`
  throw new DStreamError('NOT_A_DURATION', `The ${what} must be a Duration, not ${shown}: a bare number has no unit`, {
    hint:
      typeof value === 'number'
        ? `Write Milliseconds(${value}), Seconds(${value}) or Minutes(${value}).`
        : 'Write for example Seconds(1) or Milliseconds(200).',
  })
}

/** The milliseconds of a duration that is to be divided by. */
export function divisor(duration: Duration): number {
  if (duration.milliseconds === 0) {
    throw new DStreamError('DIVISION_BY_ZERO', '/ by zero: the duration to divide by is 0 ms', {
      hint: 'Use a duration of at least 1 ms.',
    })
  }
  return duration.milliseconds
}
