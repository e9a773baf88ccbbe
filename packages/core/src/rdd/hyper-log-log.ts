import { DStreamError } from '../errors/dstream-error.ts'

/**
 * HyperLogLog: how many different things there are, in 2^precision bytes. A thing's hash chooses a register by its first bits; the register keeps the
 * longest run of zeros seen in the rest.
 *
 * Estimates by the improved raw estimator, which needs no table of corrections for small numbers, and none for large ones: with hashes of 32 bits it is good up to
 * some 10^9 things.
 *
 * @see Flajolet et al., "HyperLogLog", 2007; Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017
 */
export const emptySketch = (precision: number): Uint8Array => new Uint8Array(2 ** precision)

const hashBits = 32

/** Registers of so many bits that the standard deviation is about `relativeSD`. @throws DStreamError APPROX_ACCURACY */
export function precisionFor(relativeSD: number): number {
  if (!(relativeSD > 0.000017)) {
    throw new DStreamError('APPROX_ACCURACY', `accuracy (${relativeSD}) must be greater than 0.000017`, {
      hint: 'Give the relative standard deviation: 0.05 for 5 %.',
    })
  }
  return checkedPrecision(Math.min(24, Math.max(4, Math.ceil(2 * Math.log2(1.054 / relativeSD)))))
}

/** @throws DStreamError APPROX_ACCURACY */
function checkedPrecision(precision: number): number {
  if (Number.isInteger(precision) && precision >= 4 && precision <= 24) return precision
  throw new DStreamError('APPROX_ACCURACY', `p (${precision}) must be >= 4`, { hint: 'At most 24, too.' })
}

/** Adds a thing by its hash, an int32. */
export function addHash(sketch: Uint8Array, hash: number): Uint8Array {
  const precision = Math.log2(sketch.length)
  const register = hash >>> (hashBits - precision)
  // A one behind the bits that are left ends the run.
  const run = Math.clz32((hash << precision) | (1 << (precision - 1))) + 1
  if (run > sketch[register]!) sketch[register] = run
  return sketch
}

/** Both in one: the first is changed. */
export function mergeSketches(sketch: Uint8Array, other: Uint8Array): Uint8Array {
  for (let i = 0; i < sketch.length; i++) if (other[i]! > sketch[i]!) sketch[i] = other[i]!
  return sketch
}

/** About how many different things were added. */
export function estimate(sketch: Uint8Array): number {
  const registers = sketch.length
  const longest = hashBits - Math.log2(registers)
  const counts = new Array<number>(longest + 2).fill(0)
  for (const run of sketch) counts[run]! += 1
  let z = registers * tau(1 - counts[longest + 1]! / registers)
  for (let run = longest; run >= 1; run--) z = 0.5 * (z + counts[run]!)
  z += registers * sigma(counts[0]! / registers)
  return Math.round(registers ** 2 / (2 * Math.LN2 * z))
}

/** x + x²·1 + x⁴·2 + x⁸·4 + … */
function sigma(share: number): number {
  if (share === 1) return Infinity
  let [x, y, z] = [share, 1, share]
  for (let before = NaN; z !== before;) {
    before = z
    x *= x
    z += x * y
    y += y
  }
  return z
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, z] = [share, 1, 1 - share]
  for (let before = NaN; z !== before;) {
    before = z
    x = Math.sqrt(x)
    y *= 0.5
    z -= (1 - x) ** 2 * y
  }
  return z / 3
}
