import { types } from 'node:util'
import { DStreamError } from '../errors/dstream-error.ts'
import { classesOf, classNameOf, classOfInstance, classRegistry, privateFields } from './classes.ts'

/** How an object compares as a key. */
export type KeyKind = 'array' | 'plain' | 'date' | 'map' | 'set' | 'regexp' | 'bytes' | 'boxed' | 'error' | 'instance'

/** Nothing that is a key is nested this deep; a key that refers to itself is. */
const maxDepth = 200

/** A plain object: made by a literal, `Object.create(null)`, or a literal of another realm (a vm context). */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** The kind of an object that is to be (part of) a key. @throws DStreamError KEY_NOT_COMPARABLE for what cannot be one */
export function keyKindOf(value: object, depth: number): KeyKind {
  if (depth > maxDepth)
    throw notComparable('an object that refers to itself, or is nested too deep', `Nesting ends at ${maxDepth} levels.`)
  if (Array.isArray(value)) return 'array'
  if (isPlainObject(value)) return 'plain'
  if (value instanceof Date || types.isDate(value)) return 'date'
  if (types.isMap(value)) return 'map'
  if (types.isSet(value)) return 'set'
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return 'bytes'
  if (types.isRegExp(value)) return 'regexp'
  if (types.isBoxedPrimitive(value)) return 'boxed'
  if (value instanceof Error) return 'error'
  return instanceKind(value)
}

function instanceKind(value: object): KeyKind {
  if (types.isPromise(value)) throw notComparable('a promise', 'Await it first: a promise has no content yet.')
  if (types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef || types.isGeneratorObject(value)) {
    throw notComparable(`a ${classNameOf(value)}`, 'Its content cannot be read without using it up, or at all.')
  }
  if (Object.keys(value).length === 0 && hidesItsContent(value)) {
    throw notComparable(
      `an instance of ${classNameOf(value)} without properties of its own`,
      'Its content is private, so two of them would always be equal: use what identifies it (a string, a number, a tuple).',
    )
  }
  return 'instance'
}

/** True when some class of the instance is native or has private fields that cannot be read: then no properties does not mean no content. */
function hidesItsContent(value: object): boolean {
  const registry = classRegistry()
  return classesOf(value).some(type => {
    const source = Function.prototype.toString.call(type)
    return registry.privatesOf(type) === undefined && /\[native code\]|#[\p{ID_Start}_$]/u.test(source)
  })
}

/** The content of an instance beside its properties: the values of its private fields, class by class. */
export const hiddenContentOf = (value: object): readonly unknown[] =>
  privateFields(value, classRegistry()).flatMap(({ fields }) => Object.values(fields))

/** Do two instances belong to one class: the same, or two copies of it that travelled under one name? */
export function sameClass(a: object, b: object): boolean {
  if (Object.getPrototypeOf(a) === Object.getPrototypeOf(b)) return true
  const [typeA, typeB] = [classOfInstance(a), classOfInstance(b)]
  if (typeA === undefined || typeB === undefined || typeA.name !== typeB.name) return false
  const id = classRegistry().classIdOf(typeA)
  return id !== undefined && id === classRegistry().classIdOf(typeB)
}

/** The bytes of an ArrayBuffer, typed array or DataView. */
export function bytesOf(value: object): Uint8Array {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return new Uint8Array(value as ArrayBuffer)
}

/** What a byte value is, whoever subclassed it: a Buffer is a `Uint8Array`. */
export const bytesTag = (value: object): string =>
  ((value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] as string | undefined) ?? 'bytes'

/** The error for a value that cannot be a key. */
export function notComparable(what: string, why: string): DStreamError {
  return new DStreamError('KEY_NOT_COMPARABLE', `A key cannot be (or hold) ${what}`, {
    hint: `${why} Keys are compared by content: use strings, numbers, booleans, bigints, dates, arrays, objects, Maps, Sets, bytes or instances of your classes.`,
  })
}

/** The error for a primitive that cannot be a key: a function or a symbol. */
export function refusePrimitive(value: unknown): never {
  if (typeof value === 'function')
    throw notComparable(`the function ${value.name || '(unnamed)'}`, 'A function has no content to compare.')
  throw notComparable(String(value), 'A symbol is equal to itself only, and is another one in every thread.')
}
