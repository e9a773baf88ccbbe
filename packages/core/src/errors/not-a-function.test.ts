import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkFunction } from './not-a-function.ts'
import { shown } from './shown.ts'

test('what is no function is refused with what it is, and with a cure', () => {
  assert.throws(() => checkFunction('map', 'abc'), {
    code: 'NOT_A_FUNCTION',
    message: /^The function given to map is the string 'abc'/,
    hint: 'Give a function: map(… => …).',
  })
  assert.throws(() => checkFunction('map', undefined), { hint: /imported under a wrong name/ })
  checkFunction('map', () => {})
})

test('every kind of value has a name in messages', () => {
  const named = [undefined, null, 5, 5n, true, [1], { a: 1 }, new Map(), Promise.resolve(), () => {}].map(shown)
  assert.deepEqual(named, [
    ...['undefined', 'null', 'the number 5', 'the bigint 5', 'the boolean true', 'an array', 'an object'],
    ...['an object of class Map', 'a promise', 'a function'],
  ])
  assert.equal(shown('x'.repeat(50)), `the string '${'x'.repeat(40)}…'`)
})
