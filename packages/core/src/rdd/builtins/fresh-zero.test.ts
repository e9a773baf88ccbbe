import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshZero, packed, unpacked } from './fresh-zero.ts'

test('a packed value is text, and comes back as it was', () => {
  for (const value of [0, NaN, -0, 'é', null, undefined, 5n, [1, ['x']], new Map([[1, new Set([2])]]), new Date(3)]) {
    assert.equal(typeof packed(value), 'string')
    assert.deepEqual(unpacked(packed(value)), value)
  }
})

test('each call gives a zero of its own', () => {
  const zero = freshZero(packed([] as number[]))
  ;(zero() as number[]).push(1)
  assert.deepEqual(zero(), [])
})
