import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterWarmUp, statisticsOf } from './statistics.ts'

test('a percentile is the element at floor(p * n), whatever the order of the values', () => {
  const values = Array.from({ length: 100 }, (_, i) => 99 - i)
  assert.deepEqual(statisticsOf(values), { n: 100, p50: 50, p90: 90, p99: 99, max: 99 })
  assert.deepEqual(statisticsOf([7]), { n: 1, p50: 7, p90: 7, p99: 7, max: 7 })
})

test('figures are rounded to a thousandth', () => assert.equal(statisticsOf([1.23456]).p50, 1.235))

test('there are no statistics of nothing', () => assert.throws(() => statisticsOf([]), /no values/))

test('the first quarter is left out, but never everything', () => {
  assert.deepEqual(afterWarmUp([1, 2, 3, 4, 5, 6, 7, 8]), [3, 4, 5, 6, 7, 8])
  assert.deepEqual(afterWarmUp([1]), [1])
  assert.deepEqual(afterWarmUp([1, 2, 3]), [1, 2, 3])
})
