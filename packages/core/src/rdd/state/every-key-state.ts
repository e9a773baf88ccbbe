import { TableView, type StateTable, type TableStep } from './state-table.ts'
import type { StateStep, StateVersion } from './state-version.ts'
import type { StepGuard } from './step-guard.ts'

/** What `updateStateByKey` is given, its forms made into one: the new state of a key, `undefined` to drop it. The array of values is its own. */
export type UpdateKey = (batchTimeMs: number, key: unknown, values: unknown[], state: unknown) => unknown

/** The form that is given everything at once. */
export type UpdateWhole = (
  batchTimeMs: number,
  all: Iterable<[key: unknown, values: unknown[], state: unknown]>,
) => Iterable<readonly [unknown, unknown]>

type Pairs = Iterable<readonly [unknown, unknown]>

/** State whose function sees every key in every batch. What the function leaves as it is costs the call and nothing more. */
export class EveryKeyState implements StateVersion {
  readonly #view: TableView
  readonly #timeMs: number

  /** The state that a view of a table holds. */
  constructor(view: TableView, timeMs: number) {
    this.#view = view
    this.#timeMs = timeMs
  }

  /** The state that pairs make; the first of equal keys counts. */
  static of(pairs: Pairs, timeMs: number, guard?: StepGuard): EveryKeyState {
    return new EveryKeyState(TableView.of(timed(pairs, timeMs), 'first', guard), timeMs)
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

  *timedEntries(): Generator<[unknown, unknown, number]> {
    for (const [key, state] of this.#view.entries()) yield [key, state, this.#timeMs]
  }

  /** Calls the function for every key that has a state or a value. */
  step(batchTimeMs: number, pairs: Pairs, update: UpdateKey): StateStep {
    const view = this.#view.step(step => updateAll(step, batchTimeMs, new Groups(step.table, pairs), update))
    return { version: new EveryKeyState(view, batchTimeMs), mapped: [] }
  }

  /** Calls the function once, with everything: the form of `updateStateByKey` that takes an iterator. */
  stepWhole(batchTimeMs: number, pairs: Pairs, update: UpdateWhole): StateStep {
    const { guard } = this.#view.table
    guard.nextStep()
    const all = new Map(this.#entriesBySlot())
    const groups = new Groups(this.#view.table, pairs)
    for (const slot of groups.slots) if (!all.has(slot)) all.set(slot, undefined)
    const { keys } = this.#view.table
    function* entries(): Generator<[unknown, unknown[], unknown]> {
      for (const [slot, state] of all) yield [keys[slot], groups.of(slot) ?? [], state]
    }
    return { version: EveryKeyState.of(update(batchTimeMs, entries()), batchTimeMs, guard), mapped: [] }
  }

  *#entriesBySlot(): Generator<[number, unknown]> {
    for (const [key, state] of this.#view.entries()) yield [this.#view.table.slotFor(key), state]
  }
}

/** The values of a batch, by the slots of their keys. */
class Groups {
  /** Ascending. */
  readonly slots: Int32Array
  readonly #bySlot = new Map<number, unknown[]>()

  constructor(table: StateTable, pairs: Pairs) {
    for (const [key, value] of pairs) {
      const slot = table.slotFor(key)
      const values = this.#bySlot.get(slot)
      if (values === undefined) this.#bySlot.set(slot, [value])
      else values.push(value)
    }
    this.slots = Int32Array.from(this.#bySlot.keys()).sort()
  }

  of(slot: number): unknown[] | undefined {
    return this.#bySlot.get(slot)
  }
}

function updateAll(step: TableStep, timeMs: number, groups: Groups, update: UpdateKey): void {
  const { keys, states } = step.table
  const { slots } = groups
  const { length } = keys
  let group = 0
  let touched = slots.length > 0 ? slots[0]! : -1
  for (let slot = 0; slot < length; slot++) {
    const state = states[slot]
    let values: unknown[]
    if (slot === touched) {
      values = groups.of(slot)!
      touched = ++group < slots.length ? slots[group]! : -1
    } else if (state === undefined) continue
    else values = []
    step.giveOut(slot)
    const next = update(timeMs, keys[slot], values, state)
    if (next !== state) step.set(slot, next, timeMs)
  }
}

function* timed(pairs: Pairs, timeMs: number): Generator<[unknown, unknown, number]> {
  for (const [key, state] of pairs) yield [key, state, timeMs]
}
