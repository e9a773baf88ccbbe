import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { XorShiftRandom } from './xor-shift-random.ts'

test('numbers are below the bound, and the same for the same seed', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 0x7fffffff }), (seed, bound) => {
      const [a, b] = [new XorShiftRandom(seed), new XorShiftRandom(seed)]
      for (let i = 0; i < 5; i++) {
        const number = a.nextInt(bound)
        assert.ok(Number.isInteger(number) && number >= 0 && number < bound)
        assert.equal(b.nextInt(bound), number)
      }
    }),
  )
})

test('the numbers are those that 64-bit arithmetic gives', () => {
  const computedWithBigints: [seed: number, bound: number, numbers: number[]][] = [
    [0, 1000, [28, 828, 267, 330]],
    [0, 1024, [248, 751, 208, 515]],
    [0, 2147483647, [520798028, 1576938828, 437779267, 1080921330]],
    [1, 1000, [703, 968, 943, 261]],
    [1, 1024, [244, 624, 979, 332]],
    [1, 2147483647, [512468703, 1309924968, 2053489943, 696436261]],
    [42, 1000, [279, 723, 395, 696]],
    [42, 1024, [211, 719, 112, 674]],
    [42, 2147483647, [444206279, 1508163723, 235525395, 1415180696]],
  ]
  for (const [seed, bound, numbers] of computedWithBigints) {
    const random = new XorShiftRandom(seed)
    assert.deepEqual(
      numbers.map(() => random.nextInt(bound)),
      numbers,
    )
  }
})

test('neighbouring seeds start apart, and so do the streams of one seed', () => {
  for (const start of [(n: number) => new XorShiftRandom(n), (n: number) => new XorShiftRandom(1, n)]) {
    const starts = Array.from({ length: 1000 }, (_, n) => start(n).nextInt(10))
    for (let n = 0; n < 10; n++) {
      const share = starts.filter(first => first === n).length
      assert.ok(share > 60 && share < 140, `${n}: ${share}`)
    }
  }
})

test('doubles are spread evenly over 0 to 1, and never 1', () => {
  const random = new XorShiftRandom(42)
  const doubles = Array.from({ length: 10_000 }, () => random.nextDouble())
  assert.ok(doubles.every(double => double >= 0 && double < 1))
  for (let n = 0; n < 10; n++) {
    const share = doubles.filter(double => Math.floor(double * 10) === n).length
    assert.ok(share > 850 && share < 1150, `${n}: ${share}`)
  }
})

test('Poisson numbers have the mean that was asked for, and its variance', () => {
  for (const mean of [0.1, 1, 3, 16, 40]) {
    const random = new XorShiftRandom(1)
    const numbers = Array.from({ length: 5000 }, () => random.nextPoisson(mean))
    const average = numbers.reduce((a, b) => a + b) / numbers.length
    const variance = numbers.reduce((sum, n) => sum + (n - average) ** 2, 0) / numbers.length
    assert.ok(Math.abs(average - mean) < 6 * Math.sqrt(mean / 5000), `mean ${mean}: ${average}`)
    assert.ok(Math.abs(variance / mean - 1) < 0.15, `mean ${mean}: variance ${variance}`)
  }
  assert.equal(new XorShiftRandom(1).nextPoisson(0), 0)
})
