import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode } from './values.ts'

test('tuples, sequences and bags are arrays, an option is its value or undefined', () => {
  assert.deepEqual(decode(['tuple', 'a', ['seq', 1, ['some', 2], ['none']]]), ['a', [1, 2, undefined]])
  assert.deepEqual(decode(['bag']), [])
  assert.equal(decode(['unit']), undefined)
  assert.equal(decode(null), null)
})

test('numbers that JSON cannot hold are decoded', () => {
  assert.equal(decode(['long', '9223372036854775807']), 9223372036854775807n)
  assert.equal(decode(['double', 1.5]), 1.5)
  assert.equal(decode(['double', 'NaN']), NaN)
  assert.equal(decode(['double', '-Infinity']), -Infinity)
})

test('a value without a form in the system is refused', () => {
  assert.throws(() => decode(['vec', 1, 2]), /"vec"/)
  assert.throws(() => encode(new Date(0)), /no form/)
})

test('what the system answers is encoded, with one kind of zero', () => {
  assert.deepEqual(encode(['a', undefined, null, true, 1, 0.5, -0, NaN]), [
    'tuple',
    'a',
    ['none'],
    null,
    true,
    1,
    ['double', 0.5],
    0,
    ['double', 'NaN'],
  ])
  assert.deepEqual(encode(new Map([['k', [1]]])), ['map', ['tuple', 'k', ['tuple', 1]]])
  assert.deepEqual(encode(9223372036854775807n), ['long', '9223372036854775807'])
  assert.equal(encode(5n), 5)
  assert.deepEqual(encode(1e300), ['double', 1e300])
})
