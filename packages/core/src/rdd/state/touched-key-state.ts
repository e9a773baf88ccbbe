import { KeyMap } from '../../codec/index.ts'
import { StateHandle, type State } from './state.ts'
import { COMPACT_FROM, type StateStep, type StateVersion } from './state-version.ts'

/** What `mapWithState` is given: called for each value, and for each key whose time is over with no value. What it returns is mapped, unless `undefined`. */
export type MapKey = (batchTimeMs: number, key: unknown, value: unknown, state: State<unknown>) => unknown

/** When keys time out. */
export interface TimeoutRule {
  /** Keys last updated before this are over. */
  readonly thresholdMs: number
  /** Whether this step looks for them; looking costs a pass over all keys. */
  readonly sweep: boolean
}

/** All keys with their newest states; `undefined` where a key has none any more. */
interface Table {
  readonly slotOf: KeyMap<unknown, number>
  readonly keys: unknown[]
  readonly states: unknown[]
  readonly updatedMs: number[]
}

/** What a slot held before a step changed it. */
interface Before {
  readonly state: unknown
  readonly updatedMs: number
}

/**
 * State whose function sees only the keys that a batch touches, and costs only those, however many keys are held: the newest version owns
 * the table, and an older one remembers what the step after it has changed.
 */
export class TouchedKeyState implements StateVersion {
  readonly size: number
  readonly #table: Table
  /** Once there is a newer version on the same table: what that step changed, by slot. */
  #changed: ReadonlyMap<number, Before> | undefined
  #newer: TouchedKeyState | undefined

  private constructor(table: Table, size: number) {
    this.#table = table
    this.size = size
  }

  static of(entries: Iterable<readonly [unknown, unknown, number]>): TouchedKeyState {
    const table: Table = { slotOf: new KeyMap(), keys: [], states: [], updatedMs: [] }
    let size = 0
    for (const [key, state, updatedMs] of entries) {
      const slot = slotFor(table, key)
      if (table.states[slot] === undefined && state !== undefined) size++
      table.states[slot] = state
      table.updatedMs[slot] = updatedMs
    }
    return new TouchedKeyState(table, size)
  }

  *entries(): Generator<[unknown, unknown]> {
    for (const [key, state] of this.timedEntries()) yield [key, state]
  }

  *timedEntries(): Generator<[unknown, unknown, number]> {
    const { keys, states, updatedMs } = this.#table
    const changed = this.#changedSince()
    for (let slot = 0; slot < keys.length; slot++) {
      const before = changed.get(slot)
      const state = before === undefined ? states[slot] : before.state
      if (state !== undefined) yield [keys[slot], state, before === undefined ? updatedMs[slot]! : before.updatedMs]
    }
  }

  /** Calls the function for each pair, in order, then for the keys whose time is over. */
  step(
    batchTimeMs: number,
    pairs: Iterable<readonly [unknown, unknown]>,
    map: MapKey,
    timeout?: TimeoutRule,
  ): StateStep {
    const from = this.#newer !== undefined || this.#mostlyDead() ? TouchedKeyState.of(this.timedEntries()) : this
    const step = new Step(from.#table, from.size, batchTimeMs)
    try {
      for (const [key, value] of pairs) step.update(key, value, map, timeout !== undefined)
      if (timeout?.sweep === true) step.timeOut(timeout.thresholdMs, map)
    } catch (error) {
      step.undo()
      throw error
    }
    const version = new TouchedKeyState(from.#table, step.size)
    from.#changed = step.changed
    from.#newer = version
    return { version, mapped: step.mapped }
  }

  /** What all newer versions changed, as it was at this one. */
  #changedSince(): Map<number, Before> {
    const before = new Map<number, Before>()
    let version: TouchedKeyState | undefined = this
    while (version !== undefined) {
      for (const [slot, held] of version.#changed ?? []) if (!before.has(slot)) before.set(slot, held)
      version = version.#newer
    }
    return before
  }

  #mostlyDead(): boolean {
    return this.#table.keys.length > COMPACT_FROM && this.#table.keys.length > 2 * this.size
  }
}

/** One step on a table: what it has done so far. */
class Step {
  size: number
  readonly changed = new Map<number, Before>()
  readonly mapped: unknown[] = []
  readonly #table: Table
  readonly #batchTimeMs: number
  readonly #handle = new StateHandle()

  constructor(table: Table, size: number, batchTimeMs: number) {
    this.#table = table
    this.size = size
    this.#batchTimeMs = batchTimeMs
  }

  update(key: unknown, value: unknown, map: MapKey, keepAlive: boolean): void {
    const slot = slotFor(this.#table, key)
    const handle = this.#handle.wrap(this.#table.states[slot])
    this.#emit(map(this.#batchTimeMs, key, value, handle))
    if (handle.removed) this.#set(slot, undefined)
    else if (handle.updated || (keepAlive && handle.exists())) this.#set(slot, handle.getOption())
  }

  timeOut(thresholdMs: number, map: MapKey): void {
    const { keys, states, updatedMs } = this.#table
    for (let slot = 0; slot < keys.length; slot++) {
      if (states[slot] === undefined || updatedMs[slot]! >= thresholdMs) continue
      this.#emit(map(this.#batchTimeMs, keys[slot], undefined, this.#handle.wrapTimingOut(states[slot])))
      this.#set(slot, undefined)
    }
  }

  undo(): void {
    for (const [slot, before] of this.changed) {
      this.#table.states[slot] = before.state
      this.#table.updatedMs[slot] = before.updatedMs
    }
  }

  #set(slot: number, state: unknown): void {
    const { states, updatedMs } = this.#table
    const before = states[slot]
    if (!this.changed.has(slot)) this.changed.set(slot, { state: before, updatedMs: updatedMs[slot]! })
    if (before === undefined && state !== undefined) this.size++
    else if (before !== undefined && state === undefined) this.size--
    states[slot] = state
    updatedMs[slot] = this.#batchTimeMs
  }

  #emit(mapped: unknown): void {
    if (mapped !== undefined) this.mapped.push(mapped)
  }
}

function slotFor(table: Table, key: unknown): number {
  let slot = table.slotOf.get(key)
  if (slot === undefined) {
    slot = table.keys.length
    table.slotOf.set(key, slot)
    table.keys.push(key)
    table.states.push(undefined)
    table.updatedMs.push(0)
  }
  return slot
}
