import type { Cancel, Clock } from './clock.ts'
import { DueActions } from './due-actions.ts'

/**
 * A clock that stands still until it is told to move: the time of tests and of the simulator.
 *
 * While it moves, due actions run one after the other, in the order of their times, and `now()` is the time of the action that runs;
 * what they register is honoured in the same move. An action registered for a time that has been reached already, outside of a move,
 * runs in a microtask. Promises that actions resolve are continued after the move.
 *
 * To move on is to let time pass. It can also jump, as the clocks of real machines do: then no time passes.
 *
 * @see Spark's `org.apache.spark.util.ManualClock`
 * @example
 * const clock = new ManualClock(1000)
 * clock.at(1500, () => console.log(clock.now()))
 * clock.advance(800) // prints 1500
 * clock.now() // => 1800
 */
export class ManualClock implements Clock {
  #order = 0
  readonly #times = new DueActions(() => this.#order++)
  readonly #waits = new DueActions(() => this.#order++)
  #nowMs: number
  /** How much more has passed than `now` says: less what it has jumped. */
  #aheadMs: number
  /** Where the move that is under way goes. */
  #targetMs: number | undefined

  constructor(nowMs = 0) {
    this.#nowMs = nowMs
    this.#aheadMs = -nowMs
  }

  now(): number {
    return this.#nowMs
  }

  at(timeMs: number, action: () => void): Cancel {
    const cancel = this.#times.add(timeMs, action)
    if (timeMs <= this.#nowMs) this.#moveSoon()
    return cancel
  }

  elapsed(): number {
    return this.#nowMs + this.#aheadMs
  }

  after(ms: number, action: () => void): Cancel {
    const cancel = this.#waits.add(this.elapsed() + ms, action)
    if (ms <= 0) this.#moveSoon()
    return cancel
  }

  /** Moves on by `ms`, running what becomes due. */
  advance(ms: number): void {
    this.setTo(this.#nowMs + ms)
  }

  /** Moves to `timeMs`, running what becomes due. To an earlier time it jumps back: no time passes. */
  setTo(timeMs: number): void {
    if (timeMs < this.#nowMs) this.jump(timeMs - this.#nowMs)
    else this.#move(timeMs)
  }

  /** Jumps by `ms`, ahead or back: what is due at a time that is skipped runs, what waits for time to pass waits on. */
  jump(ms: number): void {
    this.#nowMs += ms
    this.#aheadMs -= ms
    if (this.#targetMs === undefined) this.#move(this.#nowMs)
    else this.#targetMs += ms
  }

  /** The time of the next action, or undefined: a simulator goes there in one step. */
  nextTimeMs(): number | undefined {
    return this.#next()?.dueMs
  }

  #moveSoon(): void {
    if (this.#targetMs === undefined) queueMicrotask(() => this.#move(this.#nowMs))
  }

  #move(toMs: number): void {
    if (this.#targetMs !== undefined) {
      // An action moves the clock: the move it runs in takes the time over and runs what is due by then.
      this.#nowMs = Math.max(this.#nowMs, toMs)
      return
    }
    this.#targetMs = toMs
    try {
      for (;;) {
        const next = this.#next()
        if (next === undefined || next.dueMs > Math.max(this.#targetMs, this.#nowMs)) break
        this.#nowMs = Math.max(this.#nowMs, next.dueMs)
        next.from.take(Infinity)!.action()
      }
      this.#nowMs = Math.max(this.#nowMs, this.#targetMs)
    } finally {
      this.#targetMs = undefined
    }
  }

  /** What is due first, and when. */
  #next(): { readonly dueMs: number; readonly from: DueActions } | undefined {
    const time = this.#times.next()
    const wait = this.#waits.next()
    if (wait === undefined) return time && { dueMs: time.timeMs, from: this.#times }
    const dueMs = wait.timeMs - this.#aheadMs
    if (time === undefined || dueMs < time.timeMs) return { dueMs, from: this.#waits }
    if (dueMs === time.timeMs && wait.order < time.order) return { dueMs, from: this.#waits }
    return { dueMs: time.timeMs, from: this.#times }
  }
}
