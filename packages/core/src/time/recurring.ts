import type { Clock } from './clock.ts'
import type { Duration } from './duration.ts'
import { divisor } from './duration.ts'
import { Time } from './time.ts'

/**
 * The first tick after `now`: the next whole multiple of `period`. At a multiple it is the one after.
 *
 * @see Spark's `RecurringTimer.getStartTime`
 * @example
 * firstTick(new Time(5000), Seconds(1)).toString() // => '6000 ms'
 */
export function firstTick(now: Time, period: Duration): Time {
  return nextTick(new Time(0), now, period)
}

/**
 * The first tick after `now` of a series that began at `phase`: what a restart goes on with.
 *
 * @see Spark's `RecurringTimer.getRestartTime`
 */
export function nextTick(phase: Time, now: Time, period: Duration): Time {
  const periodMs = divisor(period)
  const gapMs = now.milliseconds - phase.milliseconds
  return new Time(phase.milliseconds + (Math.floor(gapMs / periodMs) + 1) * periodMs)
}

/** A running series of ticks. */
export interface Recurring {
  /** The tick that comes next. */
  next(): Time
  /** No tick any more. Returns the last one that ran, or undefined. */
  stop(): Time | undefined
}

/**
 * Calls `action` at `start` and then once per `period`, always with the tick's own time. Ticks are absolute, so lateness never adds up;
 * when the program was held up, the ticks it missed run one after the other, none is left out.
 *
 * @see Spark's `RecurringTimer`
 * @example
 * const ticks = everyPeriod(clock, Seconds(1), firstTick(new Time(clock.now()), Seconds(1)), time => console.log(time.toString()))
 * ticks.stop()
 */
export function everyPeriod(clock: Clock, period: Duration, start: Time, action: (time: Time) => void): Recurring {
  divisor(period)
  let next = start
  let last: Time | undefined
  let cancel = clock.at(next.milliseconds, tick)
  let stopped = false

  function tick(): void {
    if (stopped) return
    const time = next
    last = time
    next = time.plus(period)
    // Registered first, so that an action that throws does not end the series.
    cancel = clock.at(next.milliseconds, tick)
    action(time)
  }

  return {
    next: () => next,
    stop: () => {
      stopped = true
      cancel()
      return last
    },
  }
}
