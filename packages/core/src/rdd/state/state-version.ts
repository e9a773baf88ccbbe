import type { TableView } from './state-table.ts'

/**
 * The keyed state of one partition after one batch. A version is immutable to whoever reads it; versions of one state share what they
 * have in common, and the newest is made from the one before in place.
 *
 * Invariants: V1 a version gives the same entries however many newer ones there are. V2 a step that throws leaves its version as it was, so that a
 * repeated task begins from the same state.
 */
export interface StateVersion {
  /** Keys that have a state. */
  readonly size: number
  entries(): Iterable<[key: unknown, state: unknown]>
  /** With the time (epoch ms) of the batch in which each key was last updated: what a checkpoint needs. */
  timedEntries(): Iterable<[key: unknown, state: unknown, updatedMs: number]>
  /** What it is made of, for whoever saves it. */
  readonly view: TableView
}

/** What one step makes. */
export interface StateStep {
  readonly version: StateVersion
  /** What the function of `mapWithState` returned for the keys it was called with; nothing for other states. */
  readonly mapped: readonly unknown[]
}
