/** A class, whatever its constructor takes. */
export type AnyClass = abstract new (...args: never[]) => object

/**
 * Names classes so that an instance keeps its class when it is encoded, sent and decoded elsewhere.
 *
 * The names are the registry's own; two classes that are the same code with the same captured values may share one.
 * What a registry does not know, or cannot make travel, it answers with `undefined` (or throws its own reason).
 */
export interface ClassRegistry {
  /** The name under which `type` travels, or `undefined` when it cannot travel. */
  idOf(type: AnyClass): string | undefined
  /** The class of that name in this thread, or `undefined` when nobody has brought it here. */
  classOf(id: string): AnyClass | undefined
}

const noClasses: ClassRegistry = { idOf: () => undefined, classOf: () => undefined }

let current: ClassRegistry = noClasses

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
export function classOfInstance(value: object): AnyClass | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === null || !Object.hasOwn(prototype, 'constructor')) return undefined
  const type = (prototype as { constructor: unknown }).constructor
  return typeof type === 'function' ? (type as AnyClass) : undefined
}

/** What to call the class of `value` in a message. */
export const classNameOf = (value: object): string => classOfInstance(value)?.name || 'an unnamed class'
