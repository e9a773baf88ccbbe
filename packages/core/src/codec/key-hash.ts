import { classNameOf } from './classes.ts'
import { bytesOf, bytesTag, hiddenContentOf, keyKindOf, refusePrimitive } from './key-kinds.ts'

const doubles = new Float64Array(1)
const halves = new Int32Array(doubles.buffer)

/** Spreads what differs anywhere over all bits, so that `hash mod partitions` is fair (the end of MurmurHash3). */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * The hash of a key: an int32, negative ones too. Equal keys (keyEquals) have equal hashes, in every thread, process and
 * version of this project: partitions of a shuffle and of kept state depend on it, so it is not seeded and must not change.
 *
 * Strings: FNV-1a over the UTF-16 units, mixed. Cost: the size of the key.
 *
 * @throws DStreamError KEY_NOT_COMPARABLE as keyEquals
 * @example
 * keyHash(['a', 1]) === keyHash(['a', 1]) // => true
 */
export function keyHash(key: unknown): number {
  return hash(key, 0)
}

function hash(key: unknown, depth: number): number {
  switch (typeof key) {
    case 'string':
      return hashString(key)
    case 'number':
      return hashNumber(key)
    case 'boolean':
      return key ? 0x3c6ef372 : 0x1b873593
    case 'undefined':
      return 0x52dce729
    case 'bigint':
      return hashString(key.toString(36)) ^ 0x38b34ae5
    case 'object':
      return key === null ? 0x2545f491 : hashObject(key, depth)
    default:
      return refusePrimitive(key)
  }
}

// The two loops below run once for each record of a shuffle: plain loops, nothing allocated.
function hashString(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0, length = text.length; i < length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

function hashNumber(value: number): number {
  if ((value | 0) === value) return mix(value | 0) // -0 too: it becomes 0 here.
  if (value !== value) return 0x7ff80000
  doubles[0] = value
  return mix(Math.imul(halves[0]!, 0x9e3779b1) ^ halves[1]!)
}

function hashObject(key: object, depth: number): number {
  const kind = keyKindOf(key, depth)
  switch (kind) {
    case 'array':
      return hashArray(key as readonly unknown[], depth + 1)
    case 'plain':
      return hashProperties(key, 0x165667b1, depth + 1)
    case 'bytes':
      return hashBytes(key)
    default:
      return hashProperties(key, hashString(classNameOf(key)) ^ hashContent(kind, key, depth + 1), depth + 1)
  }
}

function hashContent(kind: string, key: object, depth: number): number {
  switch (kind) {
    case 'date':
      return hashNumber((key as Date).getTime())
    case 'map':
      return hashMembers((key as Map<unknown, unknown>).keys(), depth) // By its keys: one value per equal key, so order cannot matter.
    case 'set':
      return hashMembers((key as Set<unknown>).values(), depth)
    case 'regexp':
      return hashString(String(key))
    case 'boxed':
      return hash((key as { valueOf(): unknown }).valueOf(), depth)
    case 'error':
      return hashString((key as Error).message)
    default:
      return hashArray(hiddenContentOf(key), depth)
  }
}

function hashArray(parts: readonly unknown[], depth: number): number {
  let h = parts.length
  for (let i = 0; i < parts.length; i++) h = Math.imul(h, 31) + hash(parts[i], depth)
  return mix(h | 0)
}

/** A sum, so that the order of properties does not matter. */
function hashProperties(key: object, seed: number, depth: number): number {
  let h = seed
  for (const name of Object.keys(key)) {
    h = (h + mix(hashString(name) ^ Math.imul(hash((key as Record<string, unknown>)[name], depth), 0x9e3779b1))) | 0
  }
  return mix(h)
}

/** Each distinct hash once: members that are one key ([1] twice in a Set) count once, as in keyEquals. */
function hashMembers(members: Iterable<unknown>, depth: number): number {
  const seen = new Set<number>()
  let h = 0
  for (const member of members) {
    const one = hash(member, depth)
    if (!seen.has(one)) h = (h + mix(one ^ 0x5bd1e995)) | 0
    seen.add(one)
  }
  return h
}

function hashBytes(key: object): number {
  const tag = bytesTag(key)
  if (tag.startsWith('Float')) return hashArray(key as unknown as number[], 0) // By value: -0 is 0, and every NaN is NaN.
  let h = 0x811c9dc5
  for (const byte of bytesOf(key)) h = Math.imul(h ^ byte, 0x01000193)
  return mix(h ^ hashString(tag))
}
