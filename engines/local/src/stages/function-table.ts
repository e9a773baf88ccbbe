import type { TaskFunction } from '@dstream/core/engine'
import type { FunctionDefinition } from '../workers/protocol.ts'

interface Entry extends FunctionDefinition {
  readonly key: string
  usedAt: number
}

/** After so many jobs without use a function is forgotten; a stream whose closures capture changing values makes new ones in every batch. */
const FORGET_AFTER_JOBS = 512

/** Numbers for the functions of plans, so that a worker is told each function once and tasks only name it. */
export class FunctionTable {
  readonly #byKey = new Map<string, Entry>()
  /** The same function object in every batch: no key has to be made. */
  readonly #byObject = new WeakMap<TaskFunction, Entry>()
  #next = 1
  #now = 0

  entryOf(f: TaskFunction): FunctionDefinition {
    let entry = this.#byObject.get(f)
    if (entry === undefined || this.#byKey.get(entry.key) !== entry) {
      const key = keyOf(f)
      entry = this.#byKey.get(key)
      if (entry === undefined) this.#byKey.set(key, (entry = { number: this.#next++, f, key, usedAt: this.#now }))
      this.#byObject.set(f, entry)
    }
    entry.usedAt = this.#now
    return entry
  }

  /** Called after each job. Returns the numbers that nobody will use again. */
  age(): number[] {
    this.#now++
    if (this.#now % FORGET_AFTER_JOBS !== 0) return []
    const old = [...this.#byKey.values()].filter(entry => entry.usedAt < this.#now - FORGET_AFTER_JOBS)
    for (const entry of old) this.#byKey.delete(entry.key)
    return old.map(entry => entry.number)
  }
}

function keyOf(f: TaskFunction): string {
  if (f.kind === 'closure') return f.id
  return `${f.name}(${f.functions.map(keyOf).join(',')};${dataKey(f.data)})`
}

/** Plain data as text that tells apart what JSON does not. */
const dataKey = (data: readonly unknown[]): string =>
  JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}n`
      : value === undefined
        ? '\u0000undefined'
        : Number.isNaN(value)
          ? '\u0000NaN'
          : value,
  )
