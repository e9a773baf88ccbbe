import { classes, type Constructor } from './class-registry.ts'
import { compile, type Made } from './compile.ts'
import { ClosureFormatError } from './check-graph.ts'
import {
  type ClassEntry,
  type CodeEntry,
  type Entry,
  type FunctionEntry,
  type PropertyEntry,
  type Ref,
} from './format.ts'
import { importedValue } from './imports.ts'
import { emptyObject, fillObject, isPrimitive, primitive } from './rebuild-values.ts'
import { handleMaker } from './protocol.ts'

const pending = Symbol('being made')
/** Functions that capture functions that capture functions …: deeper than any program, shallow enough for the stack. */
const DEPTH = 2000

/**
 * Makes the values of one table. Objects are made empty first and filled when everything exists, so that cycles close; functions are made with
 * what they capture, and a function that (indirectly) captures itself is given itself afterwards.
 */
export class GraphBuilder {
  readonly #entries: readonly Entry[]
  readonly #shared: readonly boolean[]
  readonly #made: Map<Ref, unknown>
  readonly #fresh = new Map<Ref, unknown>()
  readonly #unfilled: Ref[] = []
  readonly #newClasses = new Set<Ref>()
  readonly #late: { readonly holder: Ref; readonly position: number; readonly ref: Ref }[] = []
  readonly #setters = new Map<Ref, NonNullable<Made['set']>>()
  /** Objects that stand for the homes of methods: `super` looks into their prototype. */
  readonly #homes: (readonly [stand: object, home: object])[] = []
  #depth = 0

  constructor(entries: readonly Entry[], shared: readonly boolean[], made: Map<Ref, unknown>) {
    this.#entries = entries
    this.#shared = shared
    this.#made = made
  }

  build(root: Ref): unknown {
    try {
      const value = this.value(root)
      while (this.#unfilled.length > 0) this.#fill(this.#unfilled.pop() as Ref)
      for (const { holder, position, ref } of this.#late) this.#setters.get(holder)?.(position, this.value(ref))
      for (const [stand, home] of this.#homes)
        Object.setPrototypeOf(stand, Object.getPrototypeOf(home) as object | null)
      return value
    } catch (error) {
      // What is half made must not be taken for made by the next task.
      this.#made.clear()
      throw error
    }
  }

  /** The value of an entry; objects may still be empty. */
  value(ref: Ref): unknown {
    const table = this.#shared[ref] === true ? this.#made : this.#fresh
    const known = table.get(ref)
    if (known !== undefined) return known
    if (table.has(ref)) return undefined
    const entry = this.#entries[ref] as Entry
    if (entry.kind === 'function' || entry.kind === 'class' || entry.kind === 'bound') {
      table.set(ref, pending)
      if (++this.#depth > DEPTH) throw new ClosureFormatError('functions capture each other too deep')
      const made = this.#callable(ref, entry)
      this.#depth--
      table.set(ref, made)
      if (entry.kind !== 'bound') this.#unfilled.push(ref)
      return made
    }
    const made = this.#plain(entry)
    table.set(ref, made)
    if (typeof made === 'object' && made !== null && entry.kind !== 'list') this.#unfilled.push(ref)
    return made
  }

  #plain(entry: Entry): unknown {
    switch (entry.kind) {
      case 'import':
        return importedValue(entry)
      case 'handle':
        return this.#handle(entry)
      case 'sharedView':
      case 'boxed':
        return emptyObject(entry, r => this.value(r))
      case 'rebuilt':
        return emptyObject(entry, r => this.#filled(r))
      default:
        if (isPrimitive(entry)) return primitive(entry)
        return this.#instance(entry) ?? emptyObject(entry, r => this.value(r))
    }
  }

  /** Arguments of constructors must be complete when they are called. */
  #filled(ref: Ref): unknown {
    const before = this.#unfilled.length
    const value = this.value(ref)
    const at = this.#unfilled.indexOf(ref)
    if (at >= 0 && at < before) {
      this.#unfilled.splice(at, 1)
      this.#fill(ref)
    }
    while (this.#unfilled.length > before) this.#fill(this.#unfilled.pop() as Ref)
    return value
  }

  #handle({ name, data }: Extract<Entry, { kind: 'handle' }>): unknown {
    const make = handleMaker(name)
    if (make === undefined) throw new ClosureFormatError(`nothing here makes a handle called ${name}`)
    return make(...(data.map(ref => this.#filled(ref)) as never[]))
  }

  /** An instance of the user's class, where only the class itself can make one. */
  #instance(entry: Entry): object | undefined {
    const { class: of } = entry as { readonly class?: Ref }
    if (of === undefined || entry.kind === 'date' || entry.kind === 'regexp') return undefined
    const constructor = this.value(of)
    if (typeof constructor !== 'function') throw new ClosureFormatError('the class of an instance is none')
    return entry.kind === 'object' || classes.hasPrivates(constructor) ? classes.blank(constructor) : undefined
  }

  #callable(ref: Ref, entry: Extract<Entry, { kind: 'function' | 'class' | 'bound' }>): unknown {
    if (entry.kind === 'bound') {
      const target = this.value(entry.target) as (...args: unknown[]) => unknown
      if (typeof target !== 'function') throw new ClosureFormatError('a bound function has no target')
      return Function.prototype.bind.call(target, this.value(entry.self), ...entry.args.map(a => this.value(a)))
    }
    return entry.kind === 'class' ? this.#class(ref, entry) : this.#function(ref, entry)
  }

  /** One class per id and thread: instances and `instanceof` agree wherever it comes from. */
  #class(ref: Ref, entry: ClassEntry): Constructor {
    const known = classes.presentClassOf(entry.id)
    if (known !== undefined) return known
    const heritage = entry.heritage === undefined ? undefined : this.value(entry.heritage)
    const made = this.#make(ref, entry, { heritage })
    if (typeof made !== 'function') throw new ClosureFormatError('the code of a class makes none')
    classes.register(entry.id, made as Constructor)
    this.#newClasses.add(ref)
    return made as Constructor
  }

  #function(ref: Ref, entry: FunctionEntry): unknown {
    const self = entry.self === undefined ? undefined : this.value(entry.self)
    const home = entry.home === undefined ? undefined : (this.value(entry.home) as object)
    const args = entry.arguments === undefined ? undefined : (this.#filled(entry.arguments) as readonly unknown[])
    const inside = entry.inside === undefined ? undefined : classes.evaluatorOf(this.value(entry.inside) as Constructor)
    return this.#make(ref, entry, {
      self,
      ...(home && { home }),
      ...(args && { arguments: args }),
      ...(inside && { inside }),
    })
  }

  #make(ref: Ref, entry: FunctionEntry | ClassEntry, surroundings: Parameters<ReturnType<typeof compile>>[0]): unknown {
    const captured: unknown[] = []
    let settable = false
    entry.vars.forEach((at, position) => {
      let value = this.value(at)
      if (value === pending) {
        settable = true
        value = undefined
        this.#late.push({ holder: ref, position, ref: at })
      }
      captured.push(value)
    })
    const made = compile(
      this.#entries[entry.code] as CodeEntry,
      settable,
      surroundings.inside,
    )(surroundings, ...captured)
    if (made.home !== undefined && surroundings.home !== undefined) this.#homes.push([made.home, surroundings.home])
    if (made.set !== undefined) this.#setters.set(ref, made.set)
    return made.f
  }

  #fill(ref: Ref): void {
    const entry = this.#entries[ref] as Entry
    const value = this.value(ref) as object
    const of = (r: Ref): unknown => this.value(r)
    if (entry.kind === 'function' || entry.kind === 'class') {
      if (entry.kind === 'class' && !this.#newClasses.has(ref)) return
      this.#define(value, entry.props)
      const prototype = (value as { prototype?: object }).prototype
      if (prototype !== undefined) {
        this.#define(prototype, entry.protoProps)
        if (entry.kind === 'function' && entry.protoParent !== undefined)
          Object.setPrototypeOf(prototype, of(entry.protoParent) as object)
      }
      return
    }
    fillObject(value, entry, of)
  }

  #define(target: object, props: readonly PropertyEntry[] | undefined): void {
    if (props !== undefined) fillObject(target, { kind: 'object', props }, r => this.value(r))
  }
}
