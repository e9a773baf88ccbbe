import { KeyIndex } from './key-index.ts'
import { isMutable, StepGuard } from './step-guard.ts'

/** Tables with more dead than living keys are built anew, so that keys that come and go do not add up. */
const compactFrom = 1024

/**
 * The keys of a partition with their newest states. Every key has a slot for good, so that whoever sees all keys walks arrays, and only keys that have values
 * are looked up.
 */
export class StateTable {
  readonly index = new KeyIndex()
  /** By slot; `undefined` where the key has none any more. */
  readonly states: unknown[] = []
  #updatedMs = new Float64Array(16)
  /** By slot: the number of the step that last changed it. What was changed and taken back counts too. */
  #changedIn = new Uint32Array(16)
  /** The number of the newest step. */
  #steps = 0
  /** What has been saved of this table. */
  readonly saves = new SavedVersions()
  /** Shared with the tables that hold the same objects. */
  readonly guard: StepGuard

  constructor(guard = new StepGuard()) {
    this.guard = guard
  }

  /** By slot. */
  get keys(): readonly unknown[] {
    return this.index.keys
  }

  /** By slot: the time (epoch ms) of the batch that last updated it. Another array once there are more slots than it has room for. */
  get updatedMs(): Float64Array {
    return this.#updatedMs
  }

  get steps(): number {
    return this.#steps
  }

  /** The slot of a key, a new one where it has none. */
  slotFor(key: unknown): number {
    const slot = this.index.slotFor(key)
    if (slot < this.states.length) return slot
    if (slot === this.#updatedMs.length) this.reserve(2 * slot)
    this.states.push(undefined)
    return slot
  }

  /** Makes room for so many slots at once. */
  reserve(slots: number): void {
    this.index.reserve(slots)
    this.#updatedMs = grown(this.#updatedMs, new Float64Array(Math.max(slots, this.#updatedMs.length)))
    this.#changedIn = grown(this.#changedIn, new Uint32Array(Math.max(slots, this.#changedIn.length)))
  }

  /** Appends keys that the table does not have, as they come from a file. */
  append(keys: readonly unknown[], hashes: Int32Array, states: readonly unknown[], updatedMs: ArrayLike<number>): void {
    const first = this.states.length
    if (first + keys.length > this.#updatedMs.length) this.reserve(Math.max(2 * first, first + keys.length))
    this.index.appendNew(keys, hashes)
    for (let i = 0; i < states.length; i++) this.states.push(states[i])
    this.#updatedMs.set(updatedMs, first)
  }

  /** What a key is to hold, outside of steps. */
  put(key: unknown, state: unknown, updatedMs: number): void {
    const slot = this.slotFor(key)
    this.states[slot] = state
    this.updatedMs[slot] = updatedMs
  }

  /** Begins the next step. */
  nextStep(): void {
    this.#steps++
  }

  /** The step that runs has changed the slot, or may have. */
  mark(slot: number): void {
    this.#changedIn[slot] = this.#steps
  }

  /** Whether a step after this one has changed the slot, or may have. */
  hasChangedAfter(step: number, slot: number): boolean {
    return this.#changedIn[slot]! > step
  }

  /** The slots below `length` that steps after this one have changed; undefined when they are more than `most`. */
  changedAfter(step: number, length: number, most: number): number[] | undefined {
    const changed = this.#changedIn
    const slots: number[] = []
    for (let slot = 0; slot < length; slot++) {
      if (changed[slot]! <= step) continue
      if (slots.length >= most) return undefined
      slots.push(slot)
    }
    return slots
  }
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** What is on disk of versions of one table, by the names of the directories. */
class SavedVersions {
  #saved = new Map<string, SavedVersion>()

  get(name: string): SavedVersion | undefined {
    return this.#saved.get(name)
  }

  /** The one that was added last. */
  get newest(): SavedVersion | undefined {
    return [...this.#saved.values()].at(-1)
  }

  /** What was added after this one has not become of use: nothing will go back to it. */
  dropAfter(name: string): void {
    const version = this.#saved.get(name)
    if (version !== undefined) this.#saved = new Map([[name, version]])
  }

  /** Nothing before `base` will be asked for any more. */
  add(name: string, version: SavedVersion, base: string | undefined): void {
    const before = base === undefined ? undefined : this.#saved.get(base)
    this.#saved = before === undefined ? new Map() : new Map([[base!, before]])
    this.#saved.set(name, version)
  }
}

/** A version that is on disk, and what it takes to read it. */
export interface SavedVersion {
  /** The newest step of the table that is in it. */
  readonly step: number
  readonly file: { readonly timeMs: number; readonly checksum: number }
  /** Deltas since the snapshot. */
  readonly deltas: number
  readonly deltaBytes: number
  readonly snapshotBytes: number
}

/** What a step has changed, in the order in which it did: what was in each slot before. A slot may be in it several times. */
class ChangeLog {
  readonly slots: number[] = []
  readonly states: unknown[] = []
  readonly updatedMs: number[] = []
}

/** What a slot held at a version. */
interface Held {
  readonly state: unknown
  readonly updatedMs: number
}

/**
 * What a table holds at one version. The newest version of a table owns it, and an older one remembers what the step after it has changed.
 */
export class TableView {
  readonly table: StateTable
  /** Keys that have a state. */
  readonly size: number
  /** The step of the table that made it. */
  readonly madeBy: number
  /** The slots that there were. */
  readonly length: number
  /** How often the guard had been passed. */
  readonly #guardSteps: number
  #changes: ChangeLog | undefined
  #newer: TableView | undefined

  constructor(table: StateTable, size: number) {
    this.table = table
    this.size = size
    this.madeBy = table.steps
    this.length = table.keys.length
    this.#guardSteps = table.guard.steps
  }

  /** A new table with these; of equal keys the first counts, or the last. `guard`: that of the table whose objects they are. */
  static of(
    entries: Iterable<readonly [unknown, unknown, number]>,
    counts: 'first' | 'last',
    guard?: StepGuard,
  ): TableView {
    const table = new StateTable(guard)
    let size = 0
    for (const [key, state, updatedMs] of entries) {
      const slot = table.slotFor(key)
      const before = table.states[slot]
      if (before !== undefined && counts === 'first') continue
      if (before === undefined && state !== undefined) size++
      else if (before !== undefined && state === undefined) size--
      table.states[slot] = state
      table.updatedMs[slot] = updatedMs
    }
    return new TableView(table, size)
  }

  /** All that a table holds, as its first version. */
  static whole(table: StateTable): TableView {
    let size = 0
    for (const state of table.states) if (state !== undefined) size++
    return new TableView(table, size)
  }

  /** Whether the newest version holds a key. */
  holds(key: unknown): boolean {
    return this.table.states[this.table.slotFor(key)] !== undefined
  }

  *entries(): Generator<[unknown, unknown, number]> {
    const { keys, states, updatedMs } = this.table
    const since = this.#changedSince()
    for (let slot = 0; slot < keys.length; slot++) {
      const before = since?.get(slot)
      const state = before === undefined ? states[slot] : before.state
      if (state !== undefined) yield [keys[slot], state, before === undefined ? updatedMs[slot]! : before.updatedMs]
    }
  }

  *pairs(): Generator<[unknown, unknown]> {
    for (const [key, state] of this.entries()) yield [key, state]
  }

  /** The states and times of these slots at this version, in arrays of their own that later steps do not change; of all slots when none are named. */
  copy(slots?: readonly number[]): { states: unknown[]; updatedMs: ArrayLike<number> } {
    const { table, length } = this
    const since = this.#changedSince()
    if (slots === undefined) {
      const states = table.states.slice(0, length)
      const updatedMs = table.updatedMs.slice(0, length)
      for (const [slot, before] of since ?? []) {
        if (slot >= length) continue
        states[slot] = before.state
        updatedMs[slot] = before.updatedMs
      }
      return { states, updatedMs }
    }
    const held = slots.map(slot => since?.get(slot) ?? { state: table.states[slot], updatedMs: table.updatedMs[slot]! })
    return { states: held.map(({ state }) => state), updatedMs: held.map(at => at.updatedMs) }
  }

  /**
   * Whether the state of this slot, as `copy` gives it, may have been changed in place since. A table made of this one is not looked into: there, any object
   * may have been.
   */
  mayDiffer(slot: number, state: unknown): boolean {
    const { guard, steps } = this.table
    if (!isMutable(state) || guard.steps === this.#guardSteps) return false
    const ofOthers = guard.steps - this.#guardSteps > steps - this.madeBy
    return ofOthers || this.table.hasChangedAfter(this.madeBy, slot)
  }

  /** Changes this view's table into that of the next version. A step that throws leaves everything as it was. */
  step(change: (step: TableStep) => void): TableView {
    const { guard } = this.table
    guard.nextStep()
    const from = this.#newer !== undefined || this.#isMostlyDead() ? TableView.of(this.entries(), 'first', guard) : this
    from.table.nextStep()
    const step = new TableStep(from.table, from.size)
    try {
      change(step)
    } catch (error) {
      step.undo()
      throw error
    }
    from.#changes = step.log
    from.#newer = new TableView(from.table, step.size)
    return from.#newer
  }

  /** What all newer versions have changed, as it was at this one. */
  #changedSince(): Map<number, Held> | undefined {
    if (this.#newer === undefined) return undefined
    const since = new Map<number, Held>()
    let view: TableView | undefined = this
    while (view !== undefined) {
      const { slots, states, updatedMs } = view.#changes ?? noChanges
      for (let i = 0; i < slots.length; i++)
        if (!since.has(slots[i]!)) since.set(slots[i]!, { state: states[i], updatedMs: updatedMs[i]! })
      view = view.#newer
    }
    return since
  }

  #isMostlyDead(): boolean {
    const { length } = this.table.keys
    return length > compactFrom && length > 2 * this.size
  }
}

/** One step on a table: changes it and remembers what it was. */
export class TableStep {
  readonly table: StateTable
  readonly log = new ChangeLog()
  size: number

  constructor(table: StateTable, size: number) {
    this.table = table
    this.size = size
  }

  set(slot: number, state: unknown, timeMs: number): void {
    const { states, updatedMs } = this.table
    const before = states[slot]
    this.log.slots.push(slot)
    this.log.states.push(before)
    this.log.updatedMs.push(updatedMs[slot]!)
    if (before === undefined) {
      if (state !== undefined) this.size++
    } else if (state === undefined) this.size--
    states[slot] = state
    updatedMs[slot] = timeMs
    this.table.mark(slot)
  }

  /** The function is about to have the state of this slot in its hands: where that is an object, it may change it in place. */
  giveOut(slot: number): void {
    if (isMutable(this.table.states[slot])) this.table.mark(slot)
  }

  undo(): void {
    const { states, updatedMs } = this.table
    const { log } = this
    for (let i = log.slots.length - 1; i >= 0; i--) {
      states[log.slots[i]!] = log.states[i]
      updatedMs[log.slots[i]!] = log.updatedMs[i]!
    }
  }
}

const noChanges = new ChangeLog()
