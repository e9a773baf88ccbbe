/** Thrown where a case asks for something that the system, or this runner, does not have yet: the case is reported as skipped with this reason. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

/**
 * Calls a public method by its name, because the vectors name operators as data. Arguments that are `undefined` at the end are left out,
 * so that optional parameters keep their defaults.
 *
 * @throws Unsupported when the method does not exist
 */
export function call(target: unknown, method: string, ...args: readonly unknown[]): unknown {
  const f: unknown = target instanceof Object ? Reflect.get(target, method) : undefined
  if (typeof f !== 'function') throw new Unsupported(`there is no method ${method} yet`)
  let length = args.length
  while (length > 0 && args[length - 1] === undefined) length--
  return Reflect.apply(f, target, args.slice(0, length))
}

/**
 * An export of the public API that may not exist yet.
 *
 * @throws Unsupported when it does not
 */
export function exported(api: object, name: string): unknown {
  const value: unknown = Reflect.get(api, name)
  if (value === undefined) throw new Unsupported(`dstream exports no ${name} yet`)
  return value
}

/** Looks a name up in one of the runner's own tables. */
export function known<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (!Object.hasOwn(table, name)) throw new Unsupported(`the runner knows no ${what} ${JSON.stringify(name)}`)
  return table[name] as T
}

/** The Unsupported among an error and its causes: what a function given to `transform` threw comes back wrapped. */
export function missingIn(error: unknown): Unsupported | undefined {
  let at = error
  for (let depth = 0; depth < 20 && at instanceof Error; depth++) {
    if (at instanceof Unsupported) return at
    at = at.cause
  }
  return undefined
}
