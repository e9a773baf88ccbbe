import type { Cancel } from './clock.ts'
import { DueActions } from './due-actions.ts'

/** How a program waits; replaced in tests. */
export interface Waits {
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

/** What is left to take in turns: now() may be 1 ms behind, and a timer fires about 1 ms late. So 1.5 ms on average. */
const turnsUpToMs = 2

/**
 * Runs actions at their times, of whichever time `now` tells: that is looked at again whenever it wakes up.
 *
 * An action that throws surfaces as an uncaught exception; the others still run.
 */
export class Alarm {
  readonly #now: () => number
  readonly #waits: Waits
  readonly #preciseUpToMs: number
  readonly #due = new DueActions()
  #disarm: Cancel | undefined
  #armedForMs = Infinity
  /** Whether the wait for the armed time began as a short one. */
  #precise = false

  /** @param preciseUpToMs waits of at most this long sleep until the last moments and take those in turns of the event loop */
  constructor(now: () => number, waits: Waits, preciseUpToMs: number) {
    this.#now = now
    this.#waits = waits
    this.#preciseUpToMs = preciseUpToMs
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
    const waitMs = timeMs - this.#now()
    if (timeMs !== this.#armedForMs) this.#precise = waitMs <= this.#preciseUpToMs
    this.#armedForMs = timeMs
    this.#disarm = this.#wait(waitMs)
  }

  #wait(waitMs: number): Cancel {
    const wake = (): void => this.#wake()
    if (waitMs <= 0) return this.#waits.nextTurn(wake)
    if (!this.#precise) return this.#waits.sleep(Math.min(waitMs, longestSleepMs), wake)
    return waitMs <= turnsUpToMs ? this.#waits.nextTurn(wake) : this.#waits.sleep(waitMs - turnsUpToMs, wake)
  }

  #wake(): void {
    const nowMs = this.#now()
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
