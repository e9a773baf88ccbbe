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

test('neighbouring seeds start apart', () => {
  const starts = Array.from({ length: 1000 }, (_, seed) => new XorShiftRandom(seed).nextInt(10))
  for (let n = 0; n < 10; n++) {
    const share = starts.filter(start => start === n).length
    assert.ok(share > 60 && share < 140, `${n}: ${share}`)
  }
})
