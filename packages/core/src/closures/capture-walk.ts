import type { Analysis } from './analyse.ts'
import { cellName, rebound, sharedVariables, withCells, type Binding } from './cells.ts'
import { classOfInstance } from '../codec/classes.ts'
import { codecOf } from '../codec/custom-codecs.ts'
import { CaptureRefused, type Cause } from './refusals.ts'
import { captureFunction } from './capture-function.ts'
import { captureObject } from './capture-object.ts'
import { classes, type Constructor } from './class-registry.ts'
import type { ClassEntry, CodeEntry, Entry, FunctionEntry, PropertyEntry, Ref } from './format.ts'
import { classIdOf, codeIdOf } from './identity.ts'
import type { ImportOrigin } from './origin.ts'
import { registerImported, rememberImport } from './remembered-imports.ts'
import { TaskNotSerializableError } from './task-not-serializable.ts'
import { handleOf, type Handle } from './protocol.ts'

/** How an entry was reached from another: as a captured variable, or as some part of it (`.name`, `[3]`). */
export type Step = { readonly variable: string } | { readonly part: string }
interface Trail {
  readonly parent: Ref
  readonly step: Step
}

const negativeZero = Symbol('-0')

/**
 * One capture: a breadth-first walk from the function over everything it reaches. Entries are numbered in the order in which they are met, so equal values
 * give equal tables. Invariants: (1) every value gets one entry, whatever the number of ways to it; (2) an entry is
 * written once, when its turn comes; (3) nothing here calls the user's code, except `[travelsAs]`.
 */
export class CaptureWalk {
  readonly entries: Entry[] = []
  readonly #operator: string
  readonly #site: string
  readonly #seen = new Map<unknown, Ref>()
  readonly #interned = new Map<string, Ref>()
  readonly #trails: Trail[] = []
  readonly #queue: { readonly index: Ref; readonly value: object }[] = []
  readonly #bindings: Binding[] = []
  readonly #analyses = new Map<Ref, Analysis>()
  readonly #classes: { readonly index: Ref; readonly constructor: object; readonly decodable: boolean }[] = []

  constructor(operator: string, site: string) {
    this.#operator = operator
    this.#site = site
  }

  run(f: unknown): Ref {
    const root = this.ref(f, -1, { part: '' })
    for (let at = 0; at < this.#queue.length; at++) {
      const { index, value } = this.#queue[at] as { index: Ref; value: object }
      try {
        this.entries[index] = this.#describe(index, value)
      } catch (error) {
        throw error instanceof CaptureRefused ? this.#refusal(index, error) : error
      }
    }
    this.#shareVariables()
    for (const { index, constructor, decodable } of this.#classes) {
      const entry = this.entries[index]
      if (entry?.kind !== 'class') continue
      const id = classIdOf(this.entries, index)
      this.entries[index] = { ...entry, id }
      classes.register(id, constructor as Constructor, { decodable })
    }
    return root
  }

  /** The entry of a value; makes one when the value is met for the first time. */
  ref(value: unknown, parent: Ref, step: Step): Ref {
    const key = Object.is(value, -0) ? negativeZero : value
    const known = this.#seen.get(key)
    if (known !== undefined) return known
    const index = this.#reserve(parent, step)
    this.#seen.set(key, index)
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') this.#queue.push({ index, value })
    else this.entries[index] = this.#primitive(index, value)
    return index
  }

  /** An entry that is no value of its own (code, an import), one for each key. */
  intern(key: string, make: () => Entry): Ref {
    let index = this.#interned.get(key)
    if (index === undefined) {
      index = this.#reserve(-1, { part: '' })
      this.#interned.set(key, index)
      this.entries[index] = make()
    }
    return index
  }

  /** An entry to be written by the caller. */
  placeholder(parent: Ref, step: Step): Ref {
    return this.#reserve(parent, step)
  }

  importRef(origin: ImportOrigin, value: unknown): Ref {
    return this.intern(`import|${origin.specifier}|${origin.name}|${origin.from}`, () => importEntry(origin, value))
  }

  /** @param decodable whether instances can be made of this very class, or only of its rewritten copy */
  registerClass(index: Ref, constructor: object, decodable: boolean): void {
    this.#classes.push({ index, constructor, decodable })
  }

  /** Notes that a function uses a variable, in case it shares it with another one. */
  noteBinding(binding: Binding, analysis: Analysis): void {
    this.#bindings.push(binding)
    this.#analyses.set(binding.holder, analysis)
  }

  #shareVariables(): void {
    const cellsOf = new Map<Ref, Map<string, Ref>>()
    for (const group of sharedVariables(this.#bindings)) {
      const [{ variable, holder: first }] = group as [Binding]
      const entry = this.entries[first] as FunctionEntry | ClassEntry
      const { params } = this.entries[entry.code] as CodeEntry
      const cell = this.#reserve(-1, { part: '' })
      this.entries[cell] = { kind: 'cell', v: entry.vars[params.indexOf(variable.name)] as Ref }
      for (const { holder } of group)
        cellsOf.set(holder, (cellsOf.get(holder) ?? new Map<string, Ref>()).set(variable.name, cell))
    }
    for (const [holder, cells] of cellsOf) {
      const entry = this.entries[holder] as FunctionEntry | ClassEntry
      const { id: _id, kind: _kind, ...code } = this.entries[entry.code] as CodeEntry
      const names = new Set(cells.keys())
      const source = withCells(this.#analyses.get(holder) as Analysis, names)
      const params = code.params.map(name => (names.has(name) ? cellName(name) : name))
      const uses = [...code.uses].map((use, i) => (names.has(code.params[i] as string) ? 'a' : use)).join('')
      const changed = { ...code, source, params, uses }
      const id = codeIdOf(changed)
      const ref = this.intern(`code|${id}`, () => ({ kind: 'code', id, ...changed }))
      this.entries[holder] = rebound(entry, ref, code.params, cells)
    }
  }

  /** The entry that `index` was first reached from, as a part of it. */
  holderOf(index: Ref): Ref | undefined {
    const trail = this.#trails[index]
    return trail !== undefined && trail.parent >= 0 && 'part' in trail.step ? trail.parent : undefined
  }

  /** The value's own properties as entries. Without `every` only the enumerable ones. */
  properties(
    value: object,
    index: Ref,
    options: { readonly every: boolean; readonly skip: (key: string | symbol) => boolean },
  ): PropertyEntry[] {
    const result: PropertyEntry[] = []
    for (const key of Reflect.ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key)
      if (options.skip(key) || descriptor === undefined || (!options.every && descriptor.enumerable !== true)) continue
      result.push(this.property(key, descriptor, index))
    }
    return result
  }

  property(key: string | symbol, descriptor: PropertyDescriptor, index: Ref): PropertyEntry {
    const name = typeof key === 'symbol' ? `[${String(key)}]` : key
    const step = {
      part: /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
        ? `.${name}`
        : name.startsWith('[')
          ? name
          : `[${JSON.stringify(name)}]`,
    }
    const k = typeof key === 'symbol' ? this.ref(key, index, step) : key
    const accessor = descriptor.get !== undefined || descriptor.set !== undefined
    const not =
      (!accessor && !descriptor.writable ? 1 : 0) | (descriptor.enumerable ? 0 : 2) | (descriptor.configurable ? 0 : 4)
    const bits = not === 0 ? {} : { not }
    if (!accessor) return { k, v: this.ref(descriptor.value, index, step), ...bits }
    const part = (f: unknown): Ref => this.ref(f, index, step)
    const { get, set } = descriptor
    return { k, ...(get && { get: part(get) }), ...(set && { set: part(set) }), ...bits }
  }

  #reserve(parent: Ref, step: Step): Ref {
    this.#trails.push({ parent, step })
    this.entries.push({ kind: 'undefined' })
    return this.entries.length - 1
  }

  #describe(index: Ref, value: object): Entry {
    const handle = handleOf(value) ?? encodedInstance(value)
    if (handle !== undefined)
      return {
        kind: 'handle',
        name: handle.name,
        data: handle.data.map((d, i) => this.ref(d, index, { part: `[${i}]` })),
      }
    return typeof value === 'function'
      ? captureFunction(this, index, value as never)
      : captureObject(this, index, value)
  }

  #primitive(index: Ref, value: unknown): Entry {
    switch (typeof value) {
      case 'undefined':
        return { kind: 'undefined' }
      case 'bigint':
        return { kind: 'bigint', text: value.toString() }
      case 'number':
        if (Object.is(value, -0)) return { kind: 'number', text: '-0' }
        return Number.isFinite(value) ? { kind: 'scalar', value } : { kind: 'number', text: String(value) as 'NaN' }
      case 'symbol':
        return this.#symbol(index, value)
      default:
        return { kind: 'scalar', value: value as string | boolean | null }
    }
  }

  #symbol(index: Ref, value: symbol): Entry {
    const key = Symbol.keyFor(value)
    if (key !== undefined) return { kind: 'symbol', key, wellKnown: false }
    const name = value.description?.replace(/^Symbol\./, '') ?? ''
    if ((Symbol as unknown as Record<string, unknown>)[name] === value)
      return { kind: 'symbol', key: name, wellKnown: true }
    throw this.#refusal(
      index,
      new CaptureRefused({
        reason: `is a unique symbol (${String(value)}), which would be another one elsewhere`,
        hint: 'Use Symbol.for(name).',
      }),
    )
  }

  #refusal(index: Ref, { reason, hint }: Cause): TaskNotSerializableError {
    const steps: Step[] = []
    for (let at = index; at >= 0; at = (this.#trails[at] as Trail).parent) steps.push((this.#trails[at] as Trail).step)
    steps.reverse()
    let path = ''
    let variable = ''
    for (const step of steps) {
      if ('part' in step) {
        path += step.part
        continue
      }
      variable ||= step.variable
      path = path === '' ? step.variable : `${path} → ${step.variable}`
    }
    return new TaskNotSerializableError({ operator: this.#operator, site: this.#site, variable, path, reason, hint })
  }
}

/** An instance of a class that has a codec travels as what the codec makes of it. */
function encodedInstance(value: object): Handle | undefined {
  if (typeof value === 'function') return undefined
  const type = classOfInstance(value)
  const codec = codecOf(type)
  // The class's own prototype looks like an instance of it.
  if (codec === undefined || type?.prototype === value) return undefined
  return { name: 'encodedInstance', data: [type, codec.encode(value)] }
}

function importEntry(origin: ImportOrigin, value: unknown): Entry {
  registerImported(origin, value)
  rememberImport(origin, value)
  return { kind: 'import', specifier: origin.specifier, name: origin.name, from: origin.from }
}
