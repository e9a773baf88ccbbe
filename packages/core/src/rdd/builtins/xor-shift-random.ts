/**
 * Spark's XORShiftRandom: the same seed gives the same numbers, here and there. Everything random in datasets comes from it.
 *
 * The state is two 32-bit halves: a number costs some nanoseconds, where 64-bit arithmetic with bigints would cost hundreds.
 *
 * @see org.apache.spark.util.random.XORShiftRandom (Marsaglia's xorshift, 64 bits; the seed is scattered by MurmurHash3)
 */
export class XorShiftRandom {
  #high: number
  #low: number

  /** @param seed a whole number; a second one, such as a partition's, gives a stream of its own */
  constructor(seed: number, stream?: number) {
    const bytes = new DataView(new ArrayBuffer(stream === undefined ? 8 : 16))
    bytes.setBigInt64(0, BigInt(seed))
    if (stream !== undefined) bytes.setBigInt64(8, BigInt(stream))
    this.#low = murmur3(bytes, scalaArraySeed)
    this.#high = murmur3(bytes, this.#low)
  }

  /** An integer from 0 to `bound - 1`, as java.util.Random derives it. `bound` is at most 2^31 - 1. */
  nextInt(bound: number): number {
    let bits = this.#next() & 0x7fffffff
    if ((bound & -bound) === bound) return Math.floor(bits / (0x80000000 / bound))
    while (bits - (bits % bound) + (bound - 1) > 0x7fffffff) bits = this.#next() & 0x7fffffff
    return bits % bound
  }

  /** A number from 0 up to but not including 1, as java.util.Random derives it: 53 random bits. */
  nextDouble(): number {
    const upper = this.#next() & 0x3ffffff
    return (upper * 0x8000000 + (this.#next() & 0x7ffffff)) / 2 ** 53
  }

  /** A whole number from 0 up to but not including `bound`, which may be as large as 2^53. */
  nextBelow(bound: number): number {
    return Math.floor(this.nextDouble() * bound)
  }

  /** How often a rare event happens when it happens `mean` times on average. */
  nextPoisson(mean: number): number {
    let events = 0
    // The sum of Poisson numbers is one; in pieces, exp() does not come near to 0.
    for (let left = mean; left > 0; left -= 16) events += this.#smallPoisson(Math.min(left, 16))
    return events
  }

  #smallPoisson(mean: number): number {
    const limit = Math.exp(-mean)
    let events = 0
    for (let product = this.nextDouble(); product > limit; product *= this.nextDouble()) events++
    return events
  }

  /** The low 32 bits of the next state. */
  #next(): number {
    let [high, low] = [this.#high, this.#low]
    high ^= (high << 21) | (low >>> 11)
    low ^= low << 21
    low ^= high >>> 3 // The upper half moved right by 35: only its last bits arrive below.
    high ^= (high << 4) | (low >>> 28)
    low ^= low << 4
    this.#high = high
    this.#low = low
    return low
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
