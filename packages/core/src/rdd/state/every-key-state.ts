import { KeyMap } from '../../codec/index.ts'
import { COMPACT_FROM, type StateStep, type StateVersion } from './state-version.ts'

/** What `updateStateByKey` is given, its forms made into one: the new state of a key, `undefined` to drop it. */
export type UpdateKey = (batchTimeMs: number, key: unknown, values: readonly unknown[], state: unknown) => unknown

/** Where each key's state stands. Only ever grows, so versions share it: a version does not look beyond its own values. */
interface Slots {
  readonly bySlot: unknown[]
  readonly slotOf: KeyMap<unknown, number>
}

const NO_VALUES: readonly unknown[] = Object.freeze([])

/**
 * State whose function sees every key in every batch. The states are an array with a place for each key, so that a step walks arrays side by
 * side and looks up only the keys that have values: several times faster than walking a map.
 */
export class EveryKeyState implements StateVersion {
  readonly size: number
  readonly #slots: Slots
  /** The state at each slot; `undefined` where there is none. */
  readonly #states: readonly unknown[]
  readonly #timeMs: number

  private constructor(slots: Slots, states: readonly unknown[], size: number, timeMs: number) {
    this.#slots = slots
    this.#states = states
    this.size = size
    this.#timeMs = timeMs
  }

  /** The state that pairs make; the last of equal keys counts. */
  static of(pairs: Iterable<readonly [unknown, unknown]>, timeMs: number): EveryKeyState {
    const slots: Slots = { bySlot: [], slotOf: new KeyMap() }
    const states: unknown[] = []
    for (const [key, state] of pairs) states[slotFor(slots, key)] = state
    return new EveryKeyState(slots, states, countOf(states), timeMs)
  }

  *entries(): Generator<[unknown, unknown]> {
    const { bySlot } = this.#slots
    for (let i = 0; i < this.#states.length; i++) {
      const state = this.#states[i]
      if (state !== undefined) yield [bySlot[i], state]
    }
  }

  *timedEntries(): Generator<[unknown, unknown, number]> {
    for (const [key, state] of this.entries()) yield [key, state, this.#timeMs]
  }

  /** Calls the function for every key that has a state or a value. */
  step(batchTimeMs: number, pairs: Iterable<readonly [unknown, unknown]>, update: UpdateKey): StateStep {
    const slots = this.#compacted()
    const before = slots === this.#slots ? this.#states : [...this.entries()].map(([, state]) => state)
    const values = valuesBySlot(slots, pairs)
    const { bySlot } = slots
    const states: unknown[] = new Array(bySlot.length)
    let size = 0
    for (let i = 0; i < bySlot.length; i++) {
      const state = before[i]
      const added = values[i]
      if (state === undefined && added === undefined) continue
      const next = update(batchTimeMs, bySlot[i], added ?? NO_VALUES, state)
      states[i] = next
      if (next !== undefined) size++
    }
    return { version: new EveryKeyState(slots, states, size, batchTimeMs), mapped: [] }
  }

  /** Calls the function once, with everything: the form of `updateStateByKey` that takes an iterator. */
  stepWhole(
    batchTimeMs: number,
    pairs: Iterable<readonly [unknown, unknown]>,
    update: (
      batchTimeMs: number,
      all: Iterable<[unknown, readonly unknown[], unknown]>,
    ) => Iterable<readonly [unknown, unknown]>,
  ): StateStep {
    const values = valuesBySlot(this.#slots, pairs)
    const { bySlot } = this.#slots
    const states = this.#states
    function* all(): Generator<[unknown, readonly unknown[], unknown]> {
      for (let i = 0; i < bySlot.length; i++) {
        if (states[i] !== undefined || values[i] !== undefined) yield [bySlot[i], values[i] ?? NO_VALUES, states[i]]
      }
    }
    return { version: EveryKeyState.of(update(batchTimeMs, all()), batchTimeMs), mapped: [] }
  }

  /** The same slots, or new ones without the keys that have gone. */
  #compacted(): Slots {
    const { bySlot } = this.#slots
    if (bySlot.length < COMPACT_FROM || bySlot.length < 2 * this.size) return this.#slots
    const slots: Slots = { bySlot: [], slotOf: new KeyMap() }
    for (const [key] of this.entries()) slotFor(slots, key)
    return slots
  }
}

function slotFor({ bySlot, slotOf }: Slots, key: unknown): number {
  let slot = slotOf.get(key)
  if (slot === undefined) {
    slot = bySlot.length
    slotOf.set(key, slot)
    bySlot.push(key)
  }
  return slot
}

/** The values of this batch at the slots of their keys; a sparse array, since few keys have any. */
function valuesBySlot(slots: Slots, pairs: Iterable<readonly [unknown, unknown]>): (unknown[] | undefined)[] {
  const touched: [slot: number, values: unknown[]][] = []
  const first = new Map<number, unknown[]>()
  for (const [key, value] of pairs) {
    const slot = slotFor(slots, key)
    const values = first.get(slot)
    if (values === undefined) {
      const list = [value]
      first.set(slot, list)
      touched.push([slot, list])
    } else values.push(value)
  }
  const bySlot: (unknown[] | undefined)[] = new Array<unknown[] | undefined>(slots.bySlot.length)
  for (const [slot, values] of touched) bySlot[slot] = values
  return bySlot
}

const countOf = (states: readonly unknown[]): number =>
  states.reduce<number>((n, state) => (state === undefined ? n : n + 1), 0)
