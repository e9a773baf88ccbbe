import { StateHandle, type State } from './state.ts'
import { TableView, type TableStep } from './state-table.ts'
import type { StateStep, StateVersion } from './state-version.ts'

/** What `mapWithState` is given: called for each value, and for each key whose time is over with no value. What it returns is mapped, unless `undefined`. */
export type MapKey = (batchTimeMs: number, key: unknown, value: unknown, state: State<unknown>) => unknown

/** When keys time out. */
export interface TimeoutRule {
  /** Keys last updated before this are over. */
  readonly thresholdMs: number
  /** Whether this step looks for them; looking costs a pass over all keys. */
  readonly sweep: boolean
}

/** State whose function sees only the keys that a batch touches, and costs only those, however many keys are held. */
export class TouchedKeyState implements StateVersion {
  readonly #view: TableView

  /** The state that a view of a table holds. */
  constructor(view: TableView) {
    this.#view = view
  }

  /** The last of equal keys counts. */
  static of(entries: Iterable<readonly [unknown, unknown, number]>): TouchedKeyState {
    return new TouchedKeyState(TableView.of(entries, 'last'))
  }

  get view(): TableView {
    return this.#view
  }

  get size(): number {
    return this.#view.size
  }

  *entries(): Generator<[unknown, unknown]> {
    for (const [key, state] of this.#view.entries()) yield [key, state]
  }

  timedEntries(): Iterable<[unknown, unknown, number]> {
    return this.#view.entries()
  }

  /** Calls the function for each pair, in order, then for the keys whose time is over. */
  step(
    batchTimeMs: number,
    pairs: Iterable<readonly [unknown, unknown]>,
    map: MapKey,
    timeout?: TimeoutRule,
  ): StateStep {
    const mapped: unknown[] = []
    const view = this.#view.step(step => {
      const touches = new Touches(step, batchTimeMs, map, mapped)
      touches.update(pairs, timeout !== undefined)
      if (timeout?.sweep === true) touches.timeOut(timeout.thresholdMs)
    })
    return { version: new TouchedKeyState(view), mapped }
  }
}

/** The calls of one step. */
class Touches {
  readonly #step: TableStep
  readonly #timeMs: number
  readonly #map: MapKey
  readonly #mapped: unknown[]
  readonly #handle = new StateHandle()

  constructor(step: TableStep, timeMs: number, map: MapKey, mapped: unknown[]) {
    this.#step = step
    this.#timeMs = timeMs
    this.#map = map
    this.#mapped = mapped
  }

  /** `keepAlive`: a key that has data is not idle, whether its state was changed or not. */
  update(pairs: Iterable<readonly [unknown, unknown]>, keepAlive: boolean): void {
    const step = this.#step
    const timeMs = this.#timeMs
    const map = this.#map
    const { table } = step
    const handle = this.#handle
    for (const [key, value] of pairs) {
      const slot = table.slotFor(key)
      step.giveOut(slot)
      const mapped = map(timeMs, key, value, handle.wrap(table.states[slot]))
      if (mapped !== undefined) this.#mapped.push(mapped)
      if (handle.removed) step.set(slot, undefined, timeMs)
      else if (handle.updated || (keepAlive && handle.exists())) step.set(slot, handle.getOption(), timeMs)
    }
  }

  timeOut(thresholdMs: number): void {
    const { keys, states, updatedMs } = this.#step.table
    for (let slot = 0; slot < keys.length; slot++) {
      if (states[slot] === undefined || updatedMs[slot]! >= thresholdMs) continue
      this.#step.giveOut(slot)
      const mapped = this.#map(this.#timeMs, keys[slot], undefined, this.#handle.wrapTimingOut(states[slot]))
      if (mapped !== undefined) this.#mapped.push(mapped)
      this.#step.set(slot, undefined, this.#timeMs)
    }
  }
}
