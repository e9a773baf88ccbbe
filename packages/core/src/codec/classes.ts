/** A class as `instance.constructor` gives it. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- that is its type
export type Constructor = Function

/** How the `#private` fields that one class declares are read and written on its instances. */
export interface PrivateFields {
  read(instance: object): Record<string, unknown>
  write(instance: object, values: Readonly<Record<string, unknown>>): void
}

/**
 * Names classes, so that an instance keeps its class when it is encoded, sent and decoded elsewhere. What keys and
 * records need of the registry that the closures keep.
 */
export interface ClassRegistry {
  /** The name under which a class travels, or `undefined` when it cannot travel. */
  classIdOf(constructor: Constructor): string | undefined
  /** The class of that name in this thread, or `undefined` when nobody has brought it here. */
  classOf(id: string): Constructor | undefined
  /** The private fields that this class itself declares (not those of its parents), where it has any and they can be read. */
  privatesOf(constructor: Constructor): PrivateFields | undefined
  /** An instance without content, made without running a constructor's body. */
  blank(constructor: Constructor): object
}

const noClasses: ClassRegistry = {
  classIdOf: () => undefined,
  classOf: () => undefined,
  privatesOf: () => undefined,
  blank: constructor => Object.create(constructor.prototype as object) as object,
}

let current = noClasses

/**
 * Sets the registry that keys and records use in this thread unless they are given another one; returns the one before.
 * The folder that captures classes calls it when it is loaded; a test that sets one puts the former back.
 */
export function useClassRegistry(registry: ClassRegistry): ClassRegistry {
  const before = current
  current = registry
  return before
}

/** The registry of this thread. */
export const classRegistry = (): ClassRegistry => current

/** The class of an instance as its prototype knows it, or `undefined` for an object whose prototype names none. */
export function classOfInstance(value: object): Constructor | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === null || !Object.hasOwn(prototype, 'constructor')) return undefined
  const { constructor } = prototype
  return typeof constructor === 'function' ? constructor : undefined
}

/** What to call the class of `value` in a message. */
export const classNameOf = (value: object): string => classOfInstance(value)?.name || 'an unnamed class'

/** The class of an instance and those above it, nearest first; JavaScript's own at the top included. */
export function classesOf(value: object): Constructor[] {
  const classes: Constructor[] = []
  for (let p = Object.getPrototypeOf(value) as object | null; p !== null && p !== Object.prototype;) {
    if (Object.hasOwn(p, 'constructor') && typeof p.constructor === 'function') classes.push(p.constructor)
    p = Object.getPrototypeOf(p) as object | null
  }
  return classes
}

/** The private fields of an instance, class by class, nearest first; only of classes whose private fields can be read. */
export function privateFields(
  value: object,
  registry: ClassRegistry,
): { readonly level: number; readonly fields: Record<string, unknown> }[] {
  return classesOf(value).flatMap((type, level) => {
    const access = registry.privatesOf(type)
    return access === undefined ? [] : [{ level, fields: access.read(value) }]
  })
}
