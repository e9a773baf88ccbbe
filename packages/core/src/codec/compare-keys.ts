import { classNameOf } from './classes.ts'
import { bytesOf, bytesTag, hiddenContentOf, keyKindOf, refusePrimitive, type KeyKind } from './key-kinds.ts'
import { KeyMap } from './key-map.ts'
import { KeySet } from './key-set.ts'

/** Values of different types sort by this rank, whatever they hold. */
const rankOfObject: Readonly<Record<KeyKind, number>> = {
  date: 6,
  array: 7,
  bytes: 8,
  plain: 9,
  map: 10,
  set: 11,
  regexp: 12,
  boxed: 13,
  error: 14,
  instance: 15,
}

const rankOfPrimitive: Readonly<Record<string, number>> = { boolean: 2, number: 3, bigint: 4, string: 5, undefined: 16 }

/**
 * The natural order of keys: negative when `a` comes before `b`, 0 when they are equal (keyEquals), else positive.
 *
 * Within a type: `false` before `true`; numbers by size, `NaN` last; bigints by size; strings by UTF-16 code units; dates by time (invalid last); arrays
 * part by part, the shorter first where one begins the other; bytes likewise; objects by their property names in order, then by the values. Different types sort by
 * type: null, boolean, number, bigint, string, Date, array, bytes, object, Map, Set, RegExp, boxed, Error, instances (by class name), undefined
 * (where Array.prototype.sort puts it, whatever it is told).
 * Maps and Sets sort by size, then by their sorted members.
 *
 * @throws DStreamError KEY_NOT_COMPARABLE as keyEquals
 * @example
 * ['b', null, 'a', 2, 10].sort(compareKeys) // => [null, 2, 10, 'a', 'b']
 */
export function compareKeys(a: unknown, b: unknown): number {
  return compare(a, b, 0)
}

function compare(a: unknown, b: unknown, depth: number): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b)
  const rankA = rankOf(a, depth)
  const rankB = rankOf(b, depth)
  if (rankA !== rankB) return rankA - rankB
  if (typeof a === 'object' && a !== null) return compareObjects(a, b as object, rankA, depth + 1)
  return (a as bigint) < (b as bigint) ? -1 : (a as bigint) > (b as bigint) ? 1 : 0
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  return (a !== a ? 1 : 0) - (b !== b ? 1 : 0)
}

function rankOf(value: unknown, depth: number): number {
  if (value === null) return 0
  if (typeof value === 'object') return rankOfObject[keyKindOf(value, depth)]
  return rankOfPrimitive[typeof value] ?? refusePrimitive(value)
}

function compareObjects(a: object, b: object, rank: number, depth: number): number {
  if (a === b) return 0
  if (rank === rankOfObject.plain) return compareProperties(a, b, depth)
  if (rank === rankOfObject.bytes) return compareBytes(a, b)
  const byClass = compare(classNameOf(a), classNameOf(b), depth)
  if (byClass !== 0) return byClass
  if (rank === rankOfObject.array) return compareParts(a as unknown[], b as unknown[], depth)
  const [partsA, partsB] = [partsOf(a, rank), partsOf(b, rank)]
  return partsA.length - partsB.length || compareParts(partsA, partsB, depth) || compareProperties(a, b, depth)
}

function compareParts(a: readonly unknown[], b: readonly unknown[], depth: number): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = compare(a[i], b[i], depth)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** The content of an object other than its properties, in an order of its own. */
function partsOf(value: object, rank: number): readonly unknown[] {
  switch (rank) {
    case rankOfObject.date:
      return [(value as Date).getTime()]
    case rankOfObject.map:
      return [...new KeyMap(value as Map<unknown, unknown>)].sort((a, b) => compareKeys(a[0], b[0]))
    case rankOfObject.set:
      return [...new KeySet(value as Set<unknown>)].sort(compareKeys)
    case rankOfObject.regexp:
      return [String(value)]
    case rankOfObject.boxed:
      return [(value as { valueOf(): unknown }).valueOf()]
    case rankOfObject.error:
      return [(value as Error).name, (value as Error).message]
    default:
      return hiddenContentOf(value)
  }
}

function compareProperties(a: object, b: object, depth: number): number {
  const namesA = Object.keys(a).sort()
  const namesB = Object.keys(b).sort()
  const values = (value: object, names: readonly string[]) =>
    names.map(name => (value as Record<string, unknown>)[name])
  return compareParts(namesA, namesB, depth) || compareParts(values(a, namesA), values(b, namesB), depth)
}

function compareBytes(a: object, b: object): number {
  const [tagA, tagB] = [bytesTag(a), bytesTag(b)]
  if (tagA !== tagB) return compare(tagA, tagB, 0)
  if (!tagA.endsWith('Array') || tagA.startsWith('Uint8')) return Buffer.compare(bytesOf(a), bytesOf(b))
  return compareParts(a as unknown as unknown[], b as unknown as unknown[], 0)
}
