import { bytesOf, bytesTag, hiddenContentOf, keyKindOf, refusePrimitive, sameClass } from './key-kinds.ts'
import { KeyMap } from './key-map.ts'
import { KeySet } from './key-set.ts'

/**
 * Are two keys the same key? The one definition of equality for partitioning, combining, joining and state.
 *
 * Content counts, not identity: arrays part by part (a hole is `undefined`), plain objects by their own enumerable
 * properties in any order, Maps and Sets in any order, dates by time, typed arrays and Buffers by element type and
 * content, RegExps by source and flags, boxed primitives by value, errors by name and message, instances of classes
 * by class and properties. `NaN` equals `NaN` and `0` equals `-0`, at any depth; `1` and `1n`, `null` and `undefined`, `{}` and
 * `{ a: undefined }` differ. Cost: the size of the smaller key.
 *
 * @throws DStreamError KEY_NOT_COMPARABLE for functions, symbols, promises, weak collections, objects that refer to themselves
 * @example
 * keyEquals(['a', { x: NaN }], ['a', { x: NaN }]) // => true
 */
export function keyEquals(a: unknown, b: unknown): boolean {
  return equal(a, b, 0)
}

function equal(a: unknown, b: unknown, depth: number): boolean {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null)
    return a === b || equalObjects(a, b, depth)
  if (typeof a === 'function' || typeof a === 'symbol') refusePrimitive(a)
  if (typeof b === 'function' || typeof b === 'symbol') refusePrimitive(b)
  return a === b || (a !== a && b !== b)
}

function equalObjects(a: object, b: object, depth: number): boolean {
  const kind = keyKindOf(a, depth)
  if (kind !== keyKindOf(b, depth)) return false
  switch (kind) {
    case 'array':
      return sameClass(a, b) && equalArrays(a as readonly unknown[], b as readonly unknown[], depth + 1)
    case 'plain':
      return equalProperties(a, b, depth + 1)
    case 'bytes':
      return equalBytes(a, b)
    default:
      return sameClass(a, b) && equalContent(kind, a, b, depth + 1) && equalProperties(a, b, depth + 1)
  }
}

function equalContent(kind: string, a: object, b: object, depth: number): boolean {
  switch (kind) {
    case 'date':
      return equal((a as Date).getTime(), (b as Date).getTime(), depth)
    case 'map':
      return equalMaps(a as Map<unknown, unknown>, b as Map<unknown, unknown>, depth)
    case 'set':
      return equalSets(a as Set<unknown>, b as Set<unknown>)
    case 'regexp':
      return String(a) === String(b)
    case 'boxed':
      return equal((a as { valueOf(): unknown }).valueOf(), (b as { valueOf(): unknown }).valueOf(), depth)
    case 'error':
      return (a as Error).name === (b as Error).name && (a as Error).message === (b as Error).message
    default:
      return equalArrays(hiddenContentOf(a), hiddenContentOf(b), depth)
  }
}

function equalArrays(a: readonly unknown[], b: readonly unknown[], depth: number): boolean {
  const length = a.length
  if (length !== b.length) return false
  for (let i = 0; i < length; i++) if (!equal(a[i], b[i], depth)) return false
  return true
}

function equalProperties(a: object, b: object, depth: number): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  for (const name of names) if (!Object.hasOwn(b, name)) return false
  for (const name of names) {
    if (!equal((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], depth)) return false
  }
  return true
}

// Members of a native Map or Set may be one key here ([1] twice): they are compared as the keys they are, the last value wins.
function equalMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, depth: number): boolean {
  const [ours, theirs] = [new KeyMap(a), new KeyMap(b)]
  if (ours.size !== theirs.size) return false
  for (const [key, value] of ours) if (!theirs.has(key) || !equal(theirs.get(key), value, depth)) return false
  return true
}

function equalSets(a: Set<unknown>, b: Set<unknown>): boolean {
  const [ours, theirs] = [new KeySet(a), new KeySet(b)]
  if (ours.size !== theirs.size) return false
  for (const member of ours) if (!theirs.has(member)) return false
  return true
}

function equalBytes(a: object, b: object): boolean {
  const tag = bytesTag(a)
  if (tag !== bytesTag(b)) return false
  if (tag.startsWith('Float')) return equalArrays(a as unknown as number[], b as unknown as number[], 0)
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0
}
