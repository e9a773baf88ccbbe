import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StatCounter } from './stat-counter.ts'

const close = (a: number, b: number): void =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)), `${a} ≠ ${b}`)
const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 })

test('merged parts are the whole, and the whole is what the formulas say', () => {
  fc.assert(
    fc.property(numbers, fc.array(numbers, { maxLength: 3 }), (first, others) => {
      const all = [first, ...others].flat()
      const merged = others.reduce(
        (sum, part) => sum.mergeStats(StatCounter.fromData(new StatCounter(part).toData())),
        new StatCounter(first),
      )
      const mean = all.reduce((a, b) => a + b) / all.length
      close(merged.mean, mean)
      close(merged.variance, all.reduce((sum, n) => sum + (n - mean) ** 2, 0) / all.length)
      assert.deepEqual([merged.count, merged.max, merged.min], [all.length, Math.max(...all), Math.min(...all)])
    }),
  )
})

test('of no number at all', () => {
  const none = new StatCounter().mergeStats(new StatCounter())
  assert.deepEqual([none.count, none.mean, none.sum, none.max, none.min], [0, 0, 0, -Infinity, Infinity])
  assert.ok(Number.isNaN(none.stdev) && Number.isNaN(new StatCounter([1]).sampleStdev))
})
