import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkBuckets, countInBuckets, evenBuckets } from './histogram-buckets.ts'

test('a number is in the bucket whose lower bound it has reached; the last bucket has its upper bound too', () => {
  assert.deepEqual(countInBuckets([0, 1, 2, 2.5, 3, 3.1, -0.1, NaN], [0, 1, 2, 3], false), [1, 1, 3])
  assert.deepEqual(countInBuckets([0, 1, 2, 2.5, 3, 3.1, -0.1, NaN], [0, 1, 2, 3], true), [1, 1, 3])
  assert.deepEqual(countInBuckets([-Infinity, 5, Infinity], [-Infinity, 0, Infinity], false), [1, 2])
})

test('both ways of counting agree with looking at each bucket', () => {
  const numbers = fc.array(fc.integer({ min: -40, max: 40 }).map(n => n / 4))
  fc.assert(
    fc.property(numbers, fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { minLength: 2 }), (some, given) => {
      const bounds = given.toSorted((a, b) => a - b)
      const last = bounds.length - 2
      const model = bounds
        .slice(1)
        .map((upper, i) => some.filter(n => n >= bounds[i]! && (n < upper || (i === last && n === upper))).length)
      assert.deepEqual(countInBuckets(some, bounds, false), model)
    }),
  )
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 20 }), (some, count) => {
      const bounds = evenBuckets(-10, 10, count)
      assert.equal(bounds.length, count + 1)
      const total = countInBuckets(some, bounds, true).reduce((a, b) => a + b)
      assert.equal(total, some.length)
    }),
  )
})

test('one bucket where all numbers are the same', () => {
  assert.deepEqual(evenBuckets(2, 2, 5), [2, 2])
  assert.deepEqual(countInBuckets([2, 2], [2, 2], true), [2])
})

test('no numbers, infinite ones, too few or unordered bounds are refused', () => {
  const message = /^Histogram on either an empty RDD or RDD containing \+\/-infinity or NaN/
  assert.throws(() => evenBuckets(Infinity, -Infinity, 3), { code: 'HISTOGRAM_RANGE', message })
  assert.throws(() => evenBuckets(NaN, NaN, 3), { code: 'HISTOGRAM_RANGE' })
  assert.throws(() => evenBuckets(0, 1, 0), { code: 'HISTOGRAM_BUCKETS' })
  assert.throws(() => checkBuckets([1]), { message: /^buckets array must have at least two elements/ })
  assert.throws(() => checkBuckets([2, 1]), { code: 'HISTOGRAM_BUCKETS' })
})
