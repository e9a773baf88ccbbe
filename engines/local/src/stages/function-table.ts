import type { TaskFunction } from '@dstream/core/engine'
import type { FunctionDefinition } from '../workers/protocol.ts'
import { weightOf } from './function-weight.ts'

interface Entry extends FunctionDefinition {
  readonly key: string
  readonly weight: number
  usedAt: number
}

/** After so many jobs without use a function is forgotten; a stream whose closures capture changing values makes new ones in every batch. */
const FORGET_AFTER_JOBS = 512
/** So much functions may take in bytes together; beyond that they are forgotten earlier, the longest unused first: each batch may capture a table of its own. */
const MOST_WEIGHT = 16 * 2 ** 20
/** But not those that one of so many jobs has used; and it is looked at as often. */
const IN_USE_FOR_JOBS = 16

/** Numbers for the functions of plans, so that a worker is told each function once and tasks only name it. */
export class FunctionTable {
  readonly #byKey = new Map<string, Entry>()
  /** The same function object in every batch: no key has to be made. */
  readonly #byObject = new WeakMap<TaskFunction, Entry>()
  #next = 1
  #now = 0
  #weight = 0

  entryOf(f: TaskFunction): FunctionDefinition {
    let entry = this.#byObject.get(f)
    if (entry === undefined || this.#byKey.get(entry.key) !== entry) {
      const key = keyOf(f)
      entry = this.#byKey.get(key)
      this.#byObject.set(f, (entry ??= this.#added(key, f)))
    }
    entry.usedAt = this.#now
    return entry
  }

  /** Called after each job. Returns the numbers that nobody will use again. */
  age(): number[] {
    this.#now++
    const old = this.#old()
    for (const entry of old) {
      this.#byKey.delete(entry.key)
      this.#weight -= entry.weight
    }
    return old.map(entry => entry.number)
  }

  #added(key: string, f: TaskFunction): Entry {
    const entry = { number: this.#next++, f, key, weight: weightOf(f), usedAt: this.#now }
    this.#byKey.set(key, entry)
    this.#weight += entry.weight
    return entry
  }

  #old(): Entry[] {
    if (this.#now % FORGET_AFTER_JOBS === 0) return this.#unusedFor(FORGET_AFTER_JOBS)
    if (this.#now % IN_USE_FOR_JOBS !== 0 || this.#weight <= MOST_WEIGHT) return []
    let excess = this.#weight - MOST_WEIGHT
    return this.#unusedFor(IN_USE_FOR_JOBS)
      .sort((a, b) => a.usedAt - b.usedAt)
      .filter(({ weight }) => {
        const tooMuch = excess > 0
        excess -= weight
        return tooMuch
      })
  }

  #unusedFor(jobs: number): Entry[] {
    return [...this.#byKey.values()].filter(entry => entry.usedAt < this.#now - jobs)
  }
}

function keyOf(f: TaskFunction): string {
  if (f.kind === 'closure') return f.id
  return `${f.name}(${f.functions.map(keyOf).join(',')};${dataKey(f.data)})`
}

const dataKey = (data: readonly unknown[]): string => data.map(textOf).join(',')

/** Data as text, different for different values: JSON makes one of 0 and -0, of Infinity and null, of dates and their texts. */
function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return `${value}n`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'object':
      return value === null ? 'null' : textOfObject(value)
    case 'function':
    case 'symbol':
      return `#${numberOf(value)}`
    default:
      return String(value)
  }
}

function textOfObject(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (Array.isArray(value)) return `[${Array.from(value, textOf).join(',')}]`
  if (prototype === Object.prototype || prototype === null)
    return `{${Object.entries(value).map(([name, of]) => `${JSON.stringify(name)}:${textOf(of)}`).join(',')}}` // prettier-ignore
  if (prototype === Uint8Array.prototype) return `Uint8Array(${(value as Uint8Array).join(',')})`
  if (prototype === Date.prototype) return `Date(${(value as Date).getTime()})`
  return `#${numberOf(value)}`
}

/** What has no text of its own is the same only as itself. */
const numbers = new WeakMap<WeakKey, number>()
let nextNumber = 0

function numberOf(value: WeakKey): number {
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = nextNumber++))
  return number
}
