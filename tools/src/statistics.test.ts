import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, slope } from './statistics.ts'

test('the median of an even number of values is the mean of the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.equal(median([3, 1, 2]), 2)
})

test('the slope of points on a line is the slope of the line', () => {
  assert.equal(
    slope([
      [0, 5],
      [10, 25],
      [20, 45],
    ]),
    2,
  )
  assert.equal(
    slope([
      [3, 1],
      [3, 9],
    ]),
    0,
  )
})
