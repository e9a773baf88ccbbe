import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldInterval } from './held-interval.ts'

const batchesOf = (delays: readonly number[]) =>
  delays.map((totalDelayMs, i) => ({ timeMs: 1000 + 10 * i, totalDelayMs, records: 0 }))

test('an interval holds when single batches are late and the others are not', () => {
  const delays = Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? 15 : 2))
  assert.deepEqual(heldInterval(batchesOf(delays), 10), {
    batches: 100,
    missed: 0,
    late: 10,
    late_settled: 7,
    drift_ms: 0,
    total_delay_p50: 2,
    total_delay_max: 15,
    holds: true,
  })
})

test('an interval does not hold when the delay grows from batch to batch', () => {
  const { holds, drift_ms: drift } = heldInterval(batchesOf(Array.from({ length: 100 }, (_, i) => i)), 10)
  assert.equal(holds, false)
  assert.ok(drift > 40)
})

test('an interval does not hold when every batch is late, even if none is later than the one before', () => {
  assert.equal(heldInterval(batchesOf(Array.from({ length: 40 }, () => 30)), 10).holds, false)
})

test('an interval does not hold when a batch is missing', () => {
  const batches = batchesOf(Array.from({ length: 40 }, () => 1)).toSpliced(20, 2)
  const { holds, missed } = heldInterval(batches, 10)
  assert.equal(missed, 2)
  assert.equal(holds, false)
})
