import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asDuration, Milliseconds, Seconds } from './index.ts'
import type { Duration } from './index.ts'

test('a bare number is no duration: the error says what it is for and how to write it', () => {
  assert.equal(asDuration(Seconds(1), 'batch interval').milliseconds, 1000)
  assert.throws(() => asDuration(500, 'batch interval'), {
    code: 'NOT_A_DURATION',
    message: /^The batch interval must be a Duration, not the number 500.*\n.*Milliseconds\(500\), Seconds\(500\)/,
  })
  for (const value of ['1s', null, undefined, {}, new Date(0)])
    assert.throws(() => asDuration(value, 'window'), { code: 'NOT_A_DURATION' })
})

test('the type refuses a bare number too', () => {
  const takes = (duration: Duration): number => duration.milliseconds
  // @ts-expect-error a number has no unit
  assert.equal(takes(1000), undefined)
})

test('a duration is whole milliseconds; seconds may have a fraction', () => {
  assert.equal(Seconds(0.25).milliseconds, 250)
  for (const ms of [0.5, NaN, Infinity, 2 ** 60]) assert.throws(() => Milliseconds(ms), { code: 'DURATION_NOT_WHOLE' })
})
