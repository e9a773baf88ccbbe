/**
 * The user's classes by what they are: a class has the same id in the driver and in every worker, so instances can be encoded as id and
 * fields. The driver's classes are registered when they are captured, a worker's when they arrive.
 */
export interface ClassRegistry {
  /** The id of a class that was captured here or has arrived here. */
  classIdOf(constructor: Constructor): string | undefined
  /** The class that has an id here. */
  classOf(id: string): Constructor | undefined
  /** `decodable: false` where this thread's class cannot make instances from fields: then only `classIdOf` knows it. */
  register(id: string, constructor: Constructor, options?: { readonly decodable: boolean }): void
  /** How the private fields of a class's instances are read and written, where the class has any and its code knows how. */
  privatesOf(constructor: Constructor): PrivateAccess | undefined
  registerPrivates(constructor: Constructor, access: PrivateAccess, evaluate: (code: string) => unknown): void
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

class Registry implements ClassRegistry {
  readonly #ids = new WeakMap<Constructor, string>()
  readonly #classes = new Map<string, Constructor>()
  readonly #privates = new WeakMap<Constructor, PrivateAccess>()
  readonly #evaluators = new WeakMap<Constructor, (code: string) => unknown>()

  classIdOf(constructor: Constructor): string | undefined {
    return this.#ids.get(constructor)
  }

  classOf(id: string): Constructor | undefined {
    return this.#classes.get(id)
  }

  register(
    id: string,
    constructor: Constructor,
    { decodable }: { readonly decodable: boolean } = { decodable: true },
  ): void {
    this.#ids.set(constructor, id)
    if (decodable) this.#classes.set(id, constructor)
  }

  privatesOf(constructor: Constructor): PrivateAccess | undefined {
    return this.#privates.get(constructor)
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

/** The classes of this thread. */
export const classes: ClassRegistry = new Registry()
