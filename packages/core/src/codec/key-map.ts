import { keyEquals } from './key-equals.ts'
import { keyHash } from './key-hash.ts'
import { refusePrimitive } from './key-kinds.ts'

/**
 * A Map whose keys are equal by content (keyEquals) and which remembers the order of insertion.
 *
 * One native Map holds everything: primitives under themselves (the fast path: one typeof, then the native Map), objects
 * under the first object of that content that came (found through buckets by hash). That object must not be changed while it is a key.
 *
 * @throws DStreamError KEY_NOT_COMPARABLE for a key that has no content to compare
 * @example
 * new KeyMap([[['a', 1], 'x']]).get(['a', 1]) // => 'x'
 */
export class KeyMap<K, V> {
  readonly #values = new Map<K, V>()
  /** For each hash, the object keys in #values that have it: one alone, or several. Invariant: exactly the object keys of #values. */
  #buckets: Map<number, K | Bucket<K>> | undefined

  constructor(entries: Iterable<readonly [K, V]> = []) {
    for (const [key, value] of entries) this.set(key, value)
  }

  get size(): number {
    return this.#values.size
  }

  get(key: K): V | undefined {
    return this.#values.get(typeof key === 'string' || typeof key === 'number' ? key : this.#held(key))
  }

  has(key: K): boolean {
    return this.#values.has(typeof key === 'string' || typeof key === 'number' ? key : this.#held(key))
  }

  set(key: K, value: V): this {
    this.#values.set(typeof key === 'string' || typeof key === 'number' ? key : this.#hold(key), value)
    return this
  }

  delete(key: K): boolean {
    if (typeof key !== 'object' || key === null) return this.#values.delete(this.#held(key))
    const hash = keyHash(key)
    const found = this.#buckets?.get(hash)
    const held = find(found, key)
    if (held === undefined) return false
    const rest = found instanceof Bucket ? found.keys.filter(other => other !== held) : []
    if (rest.length === 0) this.#buckets!.delete(hash)
    else this.#buckets!.set(hash, new Bucket(rest))
    return this.#values.delete(held)
  }

  clear(): void {
    this.#values.clear()
    this.#buckets = undefined
  }

  forEach(action: (value: V, key: K, map: KeyMap<K, V>) => void): void {
    this.#values.forEach((value, key) => action(value, key, this))
  }

  keys(): MapIterator<K> {
    return this.#values.keys()
  }

  values(): MapIterator<V> {
    return this.#values.values()
  }

  entries(): MapIterator<[K, V]> {
    return this.#values.entries()
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#values.entries()
  }

  /** The key as #values knows it; an object that is not in the map answers itself, which #values does not have. */
  #held(key: K): K {
    if (typeof key === 'object' && key !== null) return find(this.#buckets?.get(keyHash(key)), key) ?? key
    if (typeof key === 'function' || typeof key === 'symbol') refusePrimitive(key)
    return key
  }

  #hold(key: K): K {
    if (typeof key !== 'object' || key === null) return this.#held(key)
    const hash = keyHash(key)
    this.#buckets ??= new Map()
    const found = this.#buckets.get(hash)
    if (found === undefined) {
      this.#buckets.set(hash, key)
      return key
    }
    const held = find(found, key)
    if (held !== undefined) return held
    if (found instanceof Bucket) found.keys.push(key)
    else this.#buckets.set(hash, new Bucket([found, key]))
    return key
  }
}

/** Different keys of one hash. A class of its own, since a key may be an array. */
class Bucket<K> {
  readonly keys: K[]
  constructor(keys: K[]) {
    this.keys = keys
  }
}

function find<K>(found: K | Bucket<K> | undefined, key: K): K | undefined {
  if (found === undefined) return undefined
  if (found instanceof Bucket) return found.keys.find(other => keyEquals(other, key))
  return keyEquals(found, key) ? found : undefined
}
