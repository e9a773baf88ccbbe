import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Allowance } from './allowance.ts'

test('an interval lets through what the rate allows, however long it was quiet before', () => {
  const allowance = new Allowance(50, 200, 0)
  assert.deepEqual([allowance.take(100, 0), allowance.take(100, 200), allowance.take(100, 60_000)], [10, 10, 10])
})

test('less than a record an interval is saved up until it is a whole one', () => {
  const allowance = new Allowance(2, 200, 0)
  const taken = [0, 200, 400, 600, 800, 1000].map(ms => allowance.take(100, ms))
  assert.deepEqual(taken, [1, 0, 0, 1, 0, 0])
})

test('no rate, zero and below are no limit', () => {
  for (const rate of [Infinity, 0, -1]) assert.equal(new Allowance(rate, 200, 0).take(1e9, 0), 1e9)
})

test('a new rate counts from when it is set', () => {
  const allowance = new Allowance(Infinity, 200, 0)
  allowance.setRate(10, 1000)
  assert.deepEqual([allowance.take(100, 1000), allowance.take(100, 1200)], [2, 2])
})

test('over any time no more goes through than rate × time and one interval', () => {
  const looks = fc.array(
    fc.record({ afterMs: fc.integer({ min: -50, max: 500 }), wanted: fc.integer({ min: 0, max: 100 }) }),
    { maxLength: 50 },
  )
  fc.assert(
    fc.property(looks, fc.integer({ min: 1, max: 1000 }), (steps, rate) => {
      const allowance = new Allowance(rate, 200, 0)
      let nowMs = 0
      let forwardMs = 0
      let taken = 0
      for (const { afterMs, wanted } of steps) {
        nowMs += afterMs
        forwardMs += Math.max(0, afterMs)
        taken += allowance.take(wanted, nowMs)
      }
      assert.ok(taken <= (rate * forwardMs) / 1000 + allowance.perInterval + 1e-6)
    }),
  )
})
