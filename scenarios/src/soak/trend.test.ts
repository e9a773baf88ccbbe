import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { growsBeyond, trendOf, type Point } from './trend.ts'

const series = (value: (batch: number) => number): Point[] =>
  Array.from({ length: 60 }, (_, i) => [(i + 1) * 100, value((i + 1) * 100)])

test('a line has its own slope by both measures, per 1,000 batches', () => {
  const { leastSquares, median } = trendOf(series(batch => 5 + batch / 50))
  assert.ok(Math.abs(leastSquares - 20) < 1e-9 && Math.abs(median - 20) < 1e-9)
})

test('a leak of one in a thousand batches is seen, although it goes up in steps', () => {
  assert.ok(growsBeyond(trendOf(series(batch => 30 + Math.floor(batch / 1000))), 0.5))
})

test('a leak is seen through noise many times as large as what it adds between two samples', () => {
  const noisy = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 60, maxLength: 60 })
  fc.assert(
    fc.property(noisy, noise => growsBeyond(trendOf(series(batch => batch / 10 + noise[batch / 100 - 1]!)), 50)),
  )
})

test('neither one peak at the end nor a saw is growth', () => {
  assert.ok(!growsBeyond(trendOf(series(batch => (batch === 6000 ? 1000 : 10))), 0.1))
  assert.ok(!growsBeyond(trendOf(series(batch => batch % 700)), 20))
})

test('no points, and a single one, do not grow', () => {
  assert.deepEqual(trendOf([]), { leastSquares: 0, median: 0, first: 0, last: 0 })
  assert.deepEqual(trendOf([[1, 7]]), { leastSquares: 0, median: 0, first: 7, last: 7 })
})
