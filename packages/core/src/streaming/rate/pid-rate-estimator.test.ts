import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PIDRateEstimator } from './pid-rate-estimator.ts'

const estimator = (options = {}) => new PIDRateEstimator({ batchIntervalMs: 1000, ...options })

test('the first batch tells the rate to begin with, and no new one', () => {
  const pid = estimator()
  assert.equal(pid.compute(1000, 1000, 500, 0), undefined) // 2,000 records a second
  assert.equal(pid.compute(2000, 1000, 1000, 0), 1000)
})

test('a batch without records, without a duration or not after the one before changes nothing', () => {
  const [told, quiet] = [estimator(), estimator()]
  for (const pid of [told, quiet]) pid.compute(1000, 1000, 500, 0)
  assert.equal(quiet.compute(2000, 0, 1000, 0), undefined)
  assert.equal(quiet.compute(2000, 1000, 0, 0), undefined)
  assert.equal(quiet.compute(1000, 1000, 100, 0), undefined)
  assert.equal(quiet.compute(3000, 500, 900, 30), told.compute(3000, 500, 900, 30))
})

test('records that wait lower the rate, never below the least', () => {
  const [waiting, late] = [estimator(), estimator({ minRate: 20 })]
  for (const pid of [waiting, late]) pid.compute(1000, 1000, 1000, 0)
  assert.equal(waiting.compute(2000, 1000, 1000, 500), 900)
  assert.equal(late.compute(2000, 10, 1000, 1_000_000), 20)
})

test('the change of the error counts by its weight', () => {
  const pid = estimator({ proportional: 0, integral: 0, derivative: 1 })
  pid.compute(1000, 1000, 1000, 0)
  assert.equal(pid.compute(3000, 600, 1000, 0), 800) // error 400, in 2 s
})

test('a steady load leads to its own rate, from whatever rate it began', () => {
  const rates = fc.integer({ min: 200, max: 100_000 })
  fc.assert(
    fc.property(rates, rates, (first, steady) => {
      const pid = estimator()
      pid.compute(1000, first, 1000, 0)
      let rate: number | undefined
      for (let second = 2; second < 20; second++) rate = pid.compute(second * 1000, steady, 1000, 0)
      assert.ok(Math.abs(rate! - steady) < 1e-6 * steady)
    }),
  )
})

test('settings that mean nothing are refused in Spark’s words', () => {
  const refused = (message: RegExp) => ({ code: 'PID_SETTINGS', message })
  assert.throws(() => estimator({ batchIntervalMs: 0 }), refused(/^Specified batch interval 0 in PIDRateEstimator is invalid\./)) // prettier-ignore
  assert.throws(() => estimator({ proportional: -1 }), refused(/^Proportional term -1\.0 in PIDRateEstimator should be >= 0\./)) // prettier-ignore
  assert.throws(() => estimator({ integral: -0.5 }), refused(/^Integral term -0\.5 in/))
  assert.throws(() => estimator({ derivative: NaN }), refused(/^Derivative term NaN in/))
  assert.throws(() => estimator({ minRate: 0 }), refused(/^Minimum rate in PIDRateEstimator should be > 0/))
})
