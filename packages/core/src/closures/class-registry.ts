import { useClassRegistry } from '../codec/classes.ts'
import type { Closure } from './closure.ts'
import { presentClassId } from './own-exports.ts'

/**
 * The user's classes by what they are: a class has the same id in the driver and in every worker, so instances can be encoded as id and
 * fields. The driver's classes are registered when they are captured, a worker's when they arrive.
 */
export interface ClassRegistry {
  /**
   * The id of a class: captured here, arrived here, or captured now because it is asked for. `undefined` when it cannot travel, or is one
   * of JavaScript's own.
   */
  classIdOf(constructor: Constructor): string | undefined
  /** The class that instances with this id are made of here. */
  classOf(id: string): Constructor | undefined
  /** `decodable: false` where this thread's class cannot make instances from fields: then only `classIdOf` knows it. */
  register(id: string, constructor: Constructor, options?: { readonly decodable: boolean }): void
  /** A class as a closure, to bring it to a thread that lacks it (`instantiator.prepare` there registers it). Not of imported classes. */
  definitionOf(id: string): Closure | undefined
  /** Gives the definition of a class that was not captured here: captured again, it might get another id. */
  define(id: string, definition: Closure): void
  /**
   * The definitions of the classes registered since `known` (0 at first), and how many there are now: an engine tells its workers about classes
   * that no function of their own names.
   */
  definitionsSince(known: number): { readonly definitions: readonly Closure[]; readonly known: number }
  /** How the private fields of a class's instances are read and written, where the class has any and its code knows how. */
  privatesOf(constructor: Constructor): PrivateAccess | undefined
  registerPrivates(constructor: Constructor, access: PrivateAccess, evaluate: (code: string) => unknown): void
  /** The id of a class, without capturing it now. */
  knownIdOf(constructor: Constructor): string | undefined
  /** The class that has arrived or is made of directly; never makes one. */
  presentClassOf(id: string): Constructor | undefined
  /** The access that the class's own code has given. */
  accessOf(constructor: Constructor): PrivateAccess | undefined
  /** What the registry needs of capturing and of making classes. */
  connect(means: Means): void
  /** Evaluates code inside of a class, where its private names are known. */
  evaluatorOf(constructor: Constructor): ((code: string) => unknown) | undefined
  /** Whether instances have private members, so that only the class can make them. */
  hasPrivates(constructor: Constructor): boolean
  /** An instance without any field, made without running a constructor's body. */
  blank(constructor: Constructor): object
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- what `value.constructor` is
export type Constructor = Function

export interface PrivateAccess {
  read(instance: object): Record<string, unknown>
  write(instance: object, values: Readonly<Record<string, unknown>>): void
}

/** Seen by the rewritten constructors of classes with private fields: while `on`, they only make the fields. */
export const restoring = { on: false }

/** How classes are captured, made again, and asked for private fields from outside. */
export interface Means {
  capture(constructor: Constructor): Closure | undefined
  make(definition: Closure): void
  declaresPrivates(constructor: Constructor): boolean
  readPrivates(instance: object, owner: Constructor): Record<string, unknown>
}

class Registry implements ClassRegistry {
  readonly #ids = new WeakMap<Constructor, string>()
  readonly #classes = new Map<string, Constructor>()
  readonly #definitions = new Map<string, Closure>()
  /** The ids in the order in which they came. */
  readonly #order: string[] = []
  readonly #refused = new WeakSet<Constructor>()
  readonly #undecodable = new Map<string, Constructor>()
  readonly #twins = new WeakMap<Constructor, Constructor>()
  #means: Means | undefined
  readonly #privates = new WeakMap<Constructor, PrivateAccess>()
  readonly #evaluators = new WeakMap<Constructor, (code: string) => unknown>()

  classIdOf(constructor: Constructor): string | undefined {
    return this.#ids.get(constructor) ?? this.#captured(constructor)
  }

  knownIdOf(constructor: Constructor): string | undefined {
    return this.#ids.get(constructor)
  }

  definitionOf(id: string): Closure | undefined {
    const constructor = this.#classes.get(id) ?? this.#undecodable.get(id)
    if (!this.#definitions.has(id) && constructor !== undefined) this.#captured(constructor)
    return this.#definitions.get(id)
  }

  define(id: string, definition: Closure): void {
    this.#definitions.set(id, definition)
  }

  definitionsSince(known: number): { readonly definitions: readonly Closure[]; readonly known: number } {
    if (known === this.#order.length) return { definitions: [], known }
    const definitions = this.#order.slice(known).flatMap(id => this.definitionOf(id) ?? [])
    return { definitions, known: this.#order.length }
  }

  #captured(constructor: Constructor): string | undefined {
    if (this.#refused.has(constructor)) return undefined
    const definition = this.#means?.capture(constructor)
    const id = this.#ids.get(constructor)
    if (definition === undefined || id === undefined) this.#refused.add(constructor)
    else this.#definitions.set(id, definition)
    return id
  }

  presentClassOf(id: string): Constructor | undefined {
    return this.#classes.get(id)
  }

  classOf(id: string): Constructor | undefined {
    return this.#classes.get(id) ?? this.#twin(id) ?? this.#classes.get(presentClassId(id))
  }

  /**
   * A class of the driver with private fields cannot make instances from fields. Its copy as the workers have it can; they are made to pass for
   * instances of the driver's class, which they are in all but the brand of their private fields.
   */
  #twin(id: string): Constructor | undefined {
    const original = this.#undecodable.get(id)
    const definition = original && (this.#definitions.get(id) ?? this.#means?.capture(original))
    if (original === undefined || definition === undefined) return undefined
    this.#means?.make(definition)
    // Its parents' copies were made on the way.
    for (const [made, of] of this.#undecodable) this.#link(of, this.#classes.get(made))
    return this.#classes.get(id)
  }

  #link(original: Constructor, twin: Constructor | undefined): void {
    if (twin === undefined || this.#twins.has(original)) return
    this.#twins.set(original, twin)
    const ordinary = Function.prototype[Symbol.hasInstance] as (this: unknown, value: unknown) => boolean
    Object.defineProperty(twin.prototype, 'constructor', { value: original, configurable: true, writable: true })
    Object.defineProperty(original, Symbol.hasInstance, {
      configurable: true,
      value(this: unknown, value: unknown) {
        return ordinary.call(this, value) || (this === original && ordinary.call(twin, value))
      },
    })
  }

  register(
    id: string,
    constructor: Constructor,
    { decodable }: { readonly decodable: boolean } = { decodable: true },
  ): void {
    this.#ids.set(constructor, id)
    if (!this.#classes.has(id) && !this.#undecodable.has(id)) this.#order.push(id)
    if (decodable) this.#classes.set(id, constructor)
    else this.#undecodable.set(id, constructor)
  }

  accessOf(constructor: Constructor): PrivateAccess | undefined {
    return this.#privates.get(constructor)
  }

  privatesOf(constructor: Constructor): PrivateAccess | undefined {
    const means = this.#means
    const own = this.#privates.get(constructor)
    if (own !== undefined || means === undefined || !means.declaresPrivates(constructor)) return own
    const twin = (): PrivateAccess | undefined => this.#privates.get(this.#twins.get(constructor) as Constructor)
    return {
      read: instance => tried(() => twin()?.read(instance)) ?? means.readPrivates(instance, constructor),
      write: (instance, values) => twin()?.write(instance, values),
    }
  }

  connect(means: Means): void {
    this.#means = means
  }

  registerPrivates(constructor: Constructor, access: PrivateAccess, evaluate: (code: string) => unknown): void {
    this.#privates.set(constructor, access)
    this.#evaluators.set(constructor, evaluate)
  }

  evaluatorOf(constructor: Constructor): ((code: string) => unknown) | undefined {
    return this.#evaluators.get(constructor)
  }

  blank(constructor: Constructor): object {
    if (!this.hasPrivates(constructor)) return Object.create(constructor.prototype as object) as object
    restoring.on = true
    try {
      return Reflect.construct(constructor, []) as object
    } finally {
      restoring.on = false
    }
  }

  hasPrivates(constructor: Constructor): boolean {
    for (let c: unknown = constructor; typeof c === 'function'; c = Object.getPrototypeOf(c))
      if (this.#privates.has(c)) return true
    return false
  }
}

/** An instance of the driver's own class has not the brand that the copy's code asks for. */
function tried<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The classes of this thread. */
export const classes: ClassRegistry = new Registry()

useClassRegistry(classes)
