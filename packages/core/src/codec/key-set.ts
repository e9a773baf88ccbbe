import { KeyMap } from './key-map.ts'

/**
 * A Set whose members are equal by content (keyEquals); the first of equal members is kept, in order of insertion.
 *
 * @throws DStreamError KEY_NOT_COMPARABLE for a member that has no content to compare
 * @example
 * new KeySet([[1], [1], [2]]).size // => 2
 */
export class KeySet<K> {
  readonly #members = new KeyMap<K, undefined>()

  constructor(members: Iterable<K> = []) {
    for (const member of members) this.add(member)
  }

  get size(): number {
    return this.#members.size
  }

  has(member: K): boolean {
    return this.#members.has(member)
  }

  add(member: K): this {
    this.#members.set(member, undefined)
    return this
  }

  delete(member: K): boolean {
    return this.#members.delete(member)
  }

  clear(): void {
    this.#members.clear()
  }

  values(): MapIterator<K> {
    return this.#members.keys()
  }

  [Symbol.iterator](): MapIterator<K> {
    return this.#members.keys()
  }
}
