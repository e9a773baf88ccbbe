import { KeyMap } from '../../codec/index.ts'

/** Tables with more dead than living keys are built anew, so that keys that come and go do not add up. */
const compactFrom = 1024

/**
 * The keys of a partition with their newest states. Every key has a slot for good, so that whoever sees all keys walks arrays, and only keys that have values
 * are looked up.
 */
export class StateTable {
  readonly keys: unknown[] = []
  /** By slot; `undefined` where the key has none any more. */
  readonly states: unknown[] = []
  /** By slot: the time (epoch ms) of the batch that last updated it. */
  readonly updatedMs: number[] = []
  readonly #slotOf = new KeyMap<unknown, number>()

  /** The slot of a key, a new one where it has none. */
  slotFor(key: unknown): number {
    const known = this.#slotOf.get(key)
    if (known !== undefined) return known
    const slot = this.keys.length
    this.#slotOf.set(key, slot)
    this.keys.push(key)
    this.states.push(undefined)
    this.updatedMs.push(0)
    return slot
  }
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
  #changes: ChangeLog | undefined
  #newer: TableView | undefined

  constructor(table: StateTable, size: number) {
    this.table = table
    this.size = size
  }

  /** A new table with these; of equal keys the first counts, or the last. */
  static of(entries: Iterable<readonly [unknown, unknown, number]>, counts: 'first' | 'last'): TableView {
    const table = new StateTable()
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

  *entries(): Generator<[unknown, unknown, number]> {
    const { keys, states, updatedMs } = this.table
    const since = this.#changedSince()
    for (let slot = 0; slot < keys.length; slot++) {
      const before = since?.get(slot)
      const state = before === undefined ? states[slot] : before.state
      if (state !== undefined) yield [keys[slot], state, before === undefined ? updatedMs[slot]! : before.updatedMs]
    }
  }

  /** Changes this view's table into that of the next version. A step that throws leaves everything as it was. */
  step(change: (step: TableStep) => void): TableView {
    const from = this.#newer !== undefined || this.#isMostlyDead() ? TableView.of(this.entries(), 'first') : this
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
