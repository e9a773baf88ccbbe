/** Takes back what was registered. Idempotent; harmless once the action has run. */
export type Cancel = () => void

/**
 * Where the control plane gets its time from: injected, so that everything which waits also runs in virtual time.
 *
 * There are two times. `now` and `at` are those of the calendar, which people and programs set, and which therefore jumps, ahead and back: batch times and the times of
 * files are of it. `elapsed` and `after` are of what has passed, and never jump: every wait, deadline and duration is of it.
 *
 * Actions run in the order of their times, those of one time in the order of registration; never inside the call of `at` or `after`.
 */
export interface Clock {
  /** Epoch milliseconds, whole. */
  now(): number
  /** Runs `action` once `now()` has reached `timeMs`; for a past time: soon. */
  at(timeMs: number, action: () => void): Cancel
  /** Milliseconds since a beginning of its own. Never goes back. */
  elapsed(): number
  /**
   * Runs `action` when so many milliseconds have passed, wherever the calendar has jumped meanwhile. In the `background`: what is no reason for a process to go on living.
   */
  after(ms: number, action: () => void, background?: boolean): Cancel
}
