import type { Cancel, Clock } from './clock.ts'
import { DueActions } from './due-actions.ts'

/**
 * A clock that stands still until it is told to move: the time of tests and of the simulator.
 *
 * While it moves, due actions run one after the other, in the order of their times, and `now()` is the time of the action that runs;
 * what they register is honoured in the same move. An action registered for a time that has been reached already, outside of a move,
 * runs in a microtask. Promises that actions resolve are continued after the move.
 *
 * @see Spark's `org.apache.spark.util.ManualClock`
 * @example
 * const clock = new ManualClock(1000)
 * clock.at(1500, () => console.log(clock.now()))
 * clock.advance(800) // prints 1500
 * clock.now() // => 1800
 */
export class ManualClock implements Clock {
  readonly #due = new DueActions()
  #nowMs: number
  #moving = false

  constructor(nowMs = 0) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  at(timeMs: number, action: () => void): Cancel {
    const cancel = this.#due.add(timeMs, action)
    if (timeMs <= this.#nowMs && !this.#moving) queueMicrotask(() => this.#move(this.#nowMs))
    return cancel
  }

  /** Moves on by `ms`, running what becomes due. */
  advance(ms: number): void {
    this.setTo(this.#nowMs + ms)
  }

  /** Moves to `timeMs`, running what becomes due. Back is possible too, as the clocks of real machines sometimes jump. */
  setTo(timeMs: number): void {
    if (timeMs < this.#nowMs) this.#nowMs = timeMs
    else this.#move(timeMs)
  }

  /** The time of the next action, or undefined: a simulator goes there in one step. */
  nextTimeMs(): number | undefined {
    return this.#due.nextTimeMs()
  }

  #move(toMs: number): void {
    if (this.#moving) {
      // An action moves the clock: the move it runs in takes the time over and runs what is due by then.
      this.#nowMs = Math.max(this.#nowMs, toMs)
      return
    }
    this.#moving = true
    try {
      for (;;) {
        const next = this.#due.take(Math.max(toMs, this.#nowMs))
        if (next === undefined) break
        this.#nowMs = Math.max(this.#nowMs, next.timeMs)
        next.action()
      }
      this.#nowMs = Math.max(this.#nowMs, toMs)
    } finally {
      this.#moving = false
    }
  }
}
