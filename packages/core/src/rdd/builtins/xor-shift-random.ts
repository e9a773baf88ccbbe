/**
 * Spark's XORShiftRandom, of which only the start is needed: where a partition begins to deal out its records.
 *
 * @see org.apache.spark.util.random.XORShiftRandom (Marsaglia's xorshift, 64 bits; the seed is scattered by MurmurHash3)
 */
export class XorShiftRandom {
  #state: bigint

  constructor(seed: number) {
    const bytes = new DataView(new ArrayBuffer(8))
    bytes.setBigInt64(0, BigInt(seed))
    const low = murmur3(bytes, scalaArraySeed)
    const high = murmur3(bytes, low)
    this.#state = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
  }

  /** An integer from 0 to `bound - 1`, as java.util.Random derives it. */
  nextInt(bound: number): number {
    let bits = this.#next31()
    if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(bits)) >> 31n)
    while (bits - (bits % bound) + (bound - 1) > 0x7fffffff) bits = this.#next31()
    return bits % bound
  }

  #next31(): number {
    let next = this.#state ^ BigInt.asUintN(64, this.#state << 21n)
    next ^= next >> 35n
    next ^= BigInt.asUintN(64, next << 4n)
    this.#state = next
    return Number(next & 0x7fffffffn)
  }
}

const scalaArraySeed = 0x3c074a61

/** MurmurHash3, x86, 32 bits, over whole 4-byte words read little-endian. */
function murmur3(bytes: DataView, seed: number): number {
  let hash = seed
  for (let at = 0; at < bytes.byteLength; at += 4) {
    let word = Math.imul(bytes.getInt32(at, true), 0xcc9e2d51)
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593)
    hash ^= word
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  hash ^= bytes.byteLength
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
