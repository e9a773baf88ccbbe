import type { Cancel, Clock } from './clock.ts'

/**
 * Another clock's time, but never an earlier one than it has given: where that clock is put back, `now` stands still until it gets there again. For what is told to be older or
 * newer by its time, and must stay in its order.
 *
 * @example
 * const clock = new ManualClock(2000)
 * const rising = new RisingClock(clock)
 * rising.now() // => 2000
 * clock.jump(-1000)
 * rising.now() // => 2000
 */
export class RisingClock implements Clock {
  readonly #clock: Clock
  #latestMs = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return (this.#latestMs = Math.max(this.#latestMs, this.#clock.now()))
  }

  at(timeMs: number, action: () => void): Cancel {
    return this.#clock.at(timeMs <= this.now() ? this.#clock.now() : timeMs, action)
  }

  elapsed(): number {
    return this.#clock.elapsed()
  }

  after(ms: number, action: () => void, background?: boolean): Cancel {
    return this.#clock.after(ms, action, background)
  }
}
