import { Alarm, type Waits } from './alarm.ts'
import type { Cancel, Clock } from './clock.ts'

/** What the system clock is made of; replaced in its tests. */
export interface Timers extends Waits {
  now(): number
  /** Never goes back, and does not jump when `now` does. */
  elapsed(): number
  /** A sleep that does not keep the process alive. Default: `sleep`. */
  sleepInBackground?(ms: number, wake: () => void): Cancel
}

/**
 * A wait for a time of at most this long is precise. For longer waits the millisecond by which a timer may be late does not matter, and no
 * turn of the event loop is spent.
 */
const preciseUpToMs = 50

const systemTimers: Timers = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, wake) => {
    const timer = setTimeout(wake, ms)
    return () => clearTimeout(timer)
  },
  sleepInBackground: (ms, wake) => {
    const timer = setTimeout(wake, ms).unref()
    return () => clearTimeout(timer)
  },
  nextTurn: wake => {
    const immediate = setImmediate(wake)
    return () => clearImmediate(immediate)
  },
}

/**
 * The wall clock. Times are compared with the wall clock each time it wakes up: after a jump ahead everything that became due runs (within
 * 10 s), after a jump back it waits on. Precise at small intervals: at 1–10 ms an action runs within a fraction of
 * a millisecond of its time while the event loop is free. The price: of each short wait the last 1.5 ms or so are spent turning the event loop,
 * so a 1 ms interval keeps one core busy. A pending action keeps the process alive, but for those in the background.
 *
 * What waits for time to pass (`after`) goes by the system's monotonic clock, up to a few milliseconds late; it stands still while a machine is suspended.
 *
 * An action that throws surfaces as an uncaught exception; the others still run.
 *
 * @example
 * const cancel = new SystemClock().at(Date.now() + 20, () => console.log('later'))
 */
export class SystemClock implements Clock {
  readonly #timers: Timers
  readonly #times: Alarm
  readonly #waits: Alarm
  readonly #background: Alarm

  constructor(timers: Timers = systemTimers) {
    this.#timers = timers
    this.#times = new Alarm(() => timers.now(), timers, preciseUpToMs)
    this.#waits = new Alarm(() => timers.elapsed(), timers, 0)
    const inBackground = { ...timers, sleep: timers.sleepInBackground ?? timers.sleep }
    this.#background = new Alarm(() => timers.elapsed(), inBackground, 0)
  }

  now(): number {
    return this.#timers.now()
  }

  at(timeMs: number, action: () => void): Cancel {
    return this.#times.at(timeMs, action)
  }

  elapsed(): number {
    return this.#timers.elapsed()
  }

  after(ms: number, action: () => void, background = false): Cancel {
    const alarm = background ? this.#background : this.#waits
    return alarm.at(this.#timers.elapsed() + ms, action)
  }
}
