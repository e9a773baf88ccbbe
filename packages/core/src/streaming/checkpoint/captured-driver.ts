import {
  capture,
  capturingDriver,
  classDefinitionsOf,
  classes,
  Instantiator,
  registerHandles,
  type AnyFunction,
  type Closure,
} from '../../closures/index.ts'

/** Driver functions, and objects that such functions gave, which came out of a checkpoint: they go into the next one as they came. */
const cameAs = new WeakMap<object, Closure>()

/**
 * Captures a driver function for a checkpoint.
 * @param subject what it gives or is, as far as that may itself have come out of a checkpoint
 * @throws TaskNotSerializableError
 */
export function captureDriverFunction(f: AnyFunction, operator: string, site: string, subject: object = f): Closure {
  return cameAs.get(subject) ?? capturingDriver(() => capture(f, { operator, site, async: 'allowed' }))
}

/** The contexts that stand where those of the earlier run stood. */
export interface DriverContexts {
  readonly streamingContext: unknown
  readonly sparkContext: unknown
}

let contexts: DriverContexts | undefined
registerHandles({
  streamingContext: () => contexts?.streamingContext,
  sparkContext: () => contexts?.sparkContext,
})

/** Makes driver functions out of what a checkpoint has of them. */
export class DriverFunctions {
  readonly #instantiator = new Instantiator()
  readonly #contexts: DriverContexts

  private constructor(contexts: DriverContexts) {
    this.#contexts = contexts
  }

  /**
   * Loads what the functions import. Those that run in tasks are among them, for their classes: records of state hold instances, which tasks and
   * the driver may have to read before any of these functions is called.
   */
  static async of(closures: readonly Closure[], standIns: DriverContexts): Promise<DriverFunctions> {
    const functions = new DriverFunctions(standIns)
    await functions.#instantiator.prepare(closures)
    for (const [id, definition] of closures.flatMap(classDefinitionsOf)) classes.define(id, definition)
    return functions
  }

  /** The function. */
  restore<F extends AnyFunction>(closure: Closure): F {
    const f = this.#instantiate(closure)
    cameAs.set(f, closure)
    return f as F
  }

  /** What the function gives. */
  restoreResult<T extends object>(closure: Closure): T {
    const result = this.#instantiate(closure)() as T
    cameAs.set(result, closure)
    return result
  }

  #instantiate(closure: Closure): AnyFunction {
    contexts = this.#contexts
    try {
      return this.#instantiator.instantiate(closure)
    } finally {
      contexts = undefined
    }
  }
}
