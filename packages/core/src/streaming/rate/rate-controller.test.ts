import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Time } from '../../time/index.ts'
import { BatchInfo } from '../events/batch-info.ts'
import { firstRate, RateController } from './rate-controller.ts'

const settings = {
  backpressureEnabled: true,
  backpressureInitialRatePerSecond: undefined,
  receiverMaxRatePerSecond: undefined,
  ...{ pidProportional: 1, pidIntegral: 0.2, pidDerived: 0, pidMinRatePerSecond: 100 },
}

/** A batch that began at once and took so long. */
const batch = (endMs: number, numRecords: number, tookMs: number, streamId = 3) => ({
  batchInfo: new BatchInfo({
    batchTime: new Time(1000),
    streamIdToInputInfo: new Map([[streamId, { inputStreamId: streamId, numRecords, metadata: {} }]]),
    submissionTime: endMs - tookMs,
    processingStartTime: endMs - tookMs,
    processingEndTime: endMs,
    outputOperationInfos: new Map(),
  }),
})

test('every batch that says something gives a new rate, in whole records', () => {
  const rates: number[] = []
  const controller = new RateController(3, 1000, settings, rate => rates.push(rate))
  controller.onBatchCompleted(batch(2000, 1000, 1000))
  assert.deepEqual(rates, [])
  controller.onBatchCompleted(batch(3000, 1000, 1500))
  controller.onBatchCompleted(batch(4000, 0, 10))
  controller.onBatchCompleted(batch(5000, 2000, 1000, 4)) // of another stream
  assert.deepEqual(rates, [666])
})

test('no rate is above maxRate', () => {
  const rates: number[] = []
  const controller = new RateController(3, 1000, { ...settings, receiverMaxRatePerSecond: 500 }, r => rates.push(r))
  controller.onBatchCompleted(batch(2000, 1000, 100))
  controller.onBatchCompleted(batch(3000, 1000, 100))
  assert.deepEqual(rates, [500])
})

test('a rate below a record a second is no rate without limit', () => {
  const rates: number[] = []
  const slow = { ...settings, pidMinRatePerSecond: 0.1, receiverMaxRatePerSecond: 500 }
  const controller = new RateController(3, 1000, slow, rate => rates.push(rate))
  controller.onBatchCompleted(batch(2000, 1, 2000))
  controller.onBatchCompleted(batch(4000, 1, 2000))
  assert.deepEqual(rates, [0.5])
})

test('the first rate: initialRate with backpressure, never above maxRate; maxRate without', () => {
  const given = { backpressureInitialRatePerSecond: 50, receiverMaxRatePerSecond: 80 }
  assert.equal(firstRate({ ...settings, ...given }), 50)
  assert.equal(firstRate({ ...settings, ...given, backpressureInitialRatePerSecond: 90 }), 80)
  assert.equal(firstRate({ ...settings, ...given, receiverMaxRatePerSecond: 0 }), 50)
  assert.equal(firstRate({ ...settings, ...given, backpressureEnabled: false }), 80)
  assert.equal(firstRate(settings), undefined)
})
