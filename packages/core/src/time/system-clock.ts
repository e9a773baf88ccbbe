import type { Cancel, Clock } from './clock.ts'
import { DueActions } from './due-actions.ts'

/** What the system clock is made of; replaced in its tests. */
export interface Timers {
  now(): number
  /** Calls back after at least about `ms` milliseconds, usually up to 1 ms late. Returns how to take it back. */
  sleep(ms: number, wake: () => void): Cancel
  /** Calls back on the next turn of the event loop, after I/O had its chance. */
  nextTurn(wake: () => void): Cancel
}

/**
 * A sleep is never longer, so that a jump of the wall clock (NTP, a machine that was suspended) is noticed within it; this also
 * keeps each sleep below the 2^31 ms at which timers overflow.
 */
const longestSleepMs = 10_000

/**
 * A wait of at most this long is precise: it sleeps until the last moments and takes those in turns of the event loop. For longer waits
 * the millisecond by which a timer may be late does not matter, and no turn is spent.
 */
const preciseUpToMs = 50

/** What is left to take in turns: now() may be 1 ms behind, and a timer fires about 1 ms late. So 1.5 ms on average. */
const turnsUpToMs = 2

const systemTimers: Timers = {
  now: () => Date.now(),
  sleep: (ms, wake) => {
    const timer = setTimeout(wake, ms)
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
 * so a 1 ms interval keeps one core busy. A pending action keeps the process alive.
 *
 * An action that throws surfaces as an uncaught exception; the others still run.
 *
 * @example
 * const cancel = new SystemClock().at(Date.now() + 20, () => console.log('later'))
 */
export class SystemClock implements Clock {
  readonly #timers: Timers
  readonly #due = new DueActions()
  #disarm: Cancel | undefined
  #armedForMs = Infinity
  /** Whether the wait for the armed time began as a short one. */
  #precise = false

  constructor(timers: Timers = systemTimers) {
    this.#timers = timers
  }

  now(): number {
    return this.#timers.now()
  }

  at(timeMs: number, action: () => void): Cancel {
    const cancel = this.#due.add(timeMs, action)
    if (timeMs < this.#armedForMs) this.#arm()
    return () => {
      cancel()
      if (this.#armedForMs === timeMs && this.#due.nextTimeMs() !== timeMs) this.#arm()
    }
  }

  #arm(): void {
    this.#disarm?.()
    this.#disarm = undefined
    const timeMs = this.#due.nextTimeMs()
    if (timeMs === undefined) {
      this.#armedForMs = Infinity
      return
    }
    const waitMs = timeMs - this.#timers.now()
    if (timeMs !== this.#armedForMs) this.#precise = waitMs <= preciseUpToMs
    this.#armedForMs = timeMs
    this.#disarm = this.#wait(waitMs)
  }

  #wait(waitMs: number): Cancel {
    const wake = (): void => this.#wake()
    if (waitMs <= 0) return this.#timers.nextTurn(wake)
    if (!this.#precise) return this.#timers.sleep(Math.min(waitMs, longestSleepMs), wake)
    return waitMs <= turnsUpToMs ? this.#timers.nextTurn(wake) : this.#timers.sleep(waitMs - turnsUpToMs, wake)
  }

  #wake(): void {
    const nowMs = this.#timers.now()
    // What is registered by these actions waits for the next turn, so that nothing keeps the event loop from I/O.
    const registeredBefore = this.#due.registered
    try {
      for (
        let next = this.#due.take(nowMs, registeredBefore);
        next !== undefined;
        next = this.#due.take(nowMs, registeredBefore)
      )
        next.action()
    } finally {
      this.#arm()
    }
  }
}
