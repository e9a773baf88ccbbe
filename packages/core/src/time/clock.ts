/** Takes back what was registered. Idempotent; harmless once the action has run. */
export type Cancel = () => void

/**
 * Where the control plane gets its time from: injected, so that everything which waits also runs in virtual time.
 *
 * Actions run in the order of their times, those of one time in the order of registration; never inside the call of `at`.
 */
export interface Clock {
  /** Epoch milliseconds, whole. */
  now(): number
  /** Runs `action` once `now()` has reached `timeMs`; for a past time: soon. */
  at(timeMs: number, action: () => void): Cancel
}
