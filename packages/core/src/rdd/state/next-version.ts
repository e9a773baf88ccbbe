import type { StateUpdate } from '../plan/node.ts'
import { EveryKeyState, type UpdateKey, type UpdateWhole } from './every-key-state.ts'
import { SavedState } from './saved-state.ts'
import type { StateStep, StateVersion } from './state-version.ts'
import { TouchedKeyState, type MapKey, type TimeoutRule } from './touched-key-state.ts'

type Pairs = Iterable<readonly [key: unknown, value: unknown]>

/** A StateUpdate whose function is ready to be called. */
export interface RunnableUpdate {
  readonly mode: StateUpdate['mode']
  readonly f: (...args: unknown[]) => unknown
  readonly timeout?: TimeoutRule
}

/** The state that a partition begins with, or takes up again from what was saved. Pairs count as updated at `timeMs`. */
export function seedVersion(
  mode: StateUpdate['mode'],
  records: Iterable<readonly unknown[]>,
  timeMs: number,
  seed: 'pairs' | 'timed' = 'pairs',
): StateVersion {
  if (records instanceof SavedState && (mode !== 'touchedKeys' || seed === 'timed'))
    return mode === 'touchedKeys' ? new TouchedKeyState(records.view) : new EveryKeyState(records.view, timeMs)
  if (mode !== 'touchedKeys') return EveryKeyState.of(records as Pairs, timeMs)
  return TouchedKeyState.of(
    seed === 'timed' ? (records as Iterable<[unknown, unknown, number]>) : timed(records as Pairs, timeMs),
  )
}

/** Makes the version of a batch from the one before and the batch's pairs. A function that throws leaves `before` as it was. */
export function nextVersion(
  before: StateVersion,
  update: RunnableUpdate,
  batchTimeMs: number,
  pairs: Pairs,
): StateStep {
  if (before instanceof TouchedKeyState) return before.step(batchTimeMs, pairs, update.f as MapKey, update.timeout)
  const everyKey = before as EveryKeyState
  if (update.mode === 'everyKey') return everyKey.step(batchTimeMs, pairs, update.f as UpdateKey)
  return everyKey.stepWhole(batchTimeMs, pairs, update.f as UpdateWhole)
}

function* timed(pairs: Pairs, timeMs: number): Generator<[unknown, unknown, number]> {
  for (const [key, state] of pairs) yield [key, state, timeMs]
}
