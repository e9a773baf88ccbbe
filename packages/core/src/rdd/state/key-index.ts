import { keyEquals, keyHash } from '../../codec/index.ts'

const smallest = 16

/**
 * The slots of keys: the key at `keys[slot]` has that slot. Keys are equal as keyEquals says, and are never removed.
 *
 * An open-addressed table of slot numbers. Not a Map: to fill a Map with half a million strings takes ten times as long, and after a restart that
 * is what the first batch would wait for.
 */
export class KeyIndex {
  /** By slot. */
  readonly keys: unknown[] = []
  /** By slot. */
  #hashes = new Int32Array(smallest)
  /** Slot + 1, at the place that the key's hash says, or at the next free one; 0 is free. At most half of them are taken. */
  #cells = new Int32Array(2 * smallest)
  /** How many bits of a hash say no place. */
  #shift = 32 - Math.log2(2 * smallest)

  /** The slot of a key; a new one, the next, where it has none. @throws DStreamError KEY_NOT_COMPARABLE */
  slotFor(key: unknown): number {
    const hash = keyHash(key)
    const cells = this.#cells
    const { keys } = this
    let cell = placeOf(hash, this.#shift)
    for (let taken = cells[cell]!; taken !== 0; taken = cells[cell]!) {
      if (this.#hashes[taken - 1] === hash && same(keys[taken - 1], key)) return taken - 1
      cell = cell + 1 === cells.length ? 0 : cell + 1
    }
    cells[cell] = this.#append(key, hash) + 1
    if (keys.length === this.#hashes.length) this.#grow(2 * keys.length)
    return keys.length - 1
  }

  /** Appends keys with their hashes (keyHash), each of them another one and none of them here yet: nothing looks at what they are. */
  appendNew(keys: readonly unknown[], hashes: Int32Array): void {
    this.reserve(this.keys.length + keys.length)
    const first = this.keys.length
    this.#hashes.set(hashes, first)
    for (let i = 0; i < keys.length; i++) this.keys.push(keys[i])
    this.#place(first)
  }

  /** Makes room for so many keys at once. */
  reserve(keys: number): void {
    let capacity = this.#hashes.length
    while (capacity <= keys) capacity *= 2
    if (capacity > this.#hashes.length) this.#grow(capacity)
  }

  /** The hash of the key of a slot, as keyHash gives it. */
  hashOf(slot: number): number {
    return this.#hashes[slot]!
  }

  #append(key: unknown, hash: number): number {
    const slot = this.keys.length
    this.keys.push(key)
    this.#hashes[slot] = hash
    return slot
  }

  /** Puts the slots from this one on into their cells. One of the hot places: a plain loop over plain numbers. */
  #place(first: number): void {
    const cells = this.#cells
    const hashes = this.#hashes
    const shift = this.#shift
    const { length } = this.keys
    for (let slot = first; slot < length; slot++) {
      let cell = placeOf(hashes[slot]!, shift)
      while (cells[cell] !== 0) cell = cell + 1 === cells.length ? 0 : cell + 1
      cells[cell] = slot + 1
    }
  }

  #grow(capacity: number): void {
    const hashes = new Int32Array(capacity)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    this.#cells = new Int32Array(2 * capacity)
    this.#shift = 32 - Math.log2(2 * capacity)
    this.#place(0)
  }
}

/** The upper bits of a product: the lower ones of the hash are alike for all keys of a partition. */
const placeOf = (hash: number, shift: number): number => Math.imul(hash, 0x9e3779b1) >>> shift

const same = (a: unknown, b: unknown): boolean => a === b || (typeof a !== 'string' && keyEquals(a, b))
