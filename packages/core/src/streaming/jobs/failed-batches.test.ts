import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FailedBatches } from './failed-batches.ts'

test('a failed batch is held until so many others have been put out; those that fail do not count', () => {
  const failed = new FailedBatches(2)
  assert.equal(failed.failed(1000).held, true)
  assert.equal(failed.failed(2000).held, true)
  assert.deepEqual(failed.succeeded(), [])
  assert.equal(failed.failed(4000).held, true)
  assert.deepEqual(
    failed.succeeded().map(({ timeMs }) => timeMs),
    [1000, 2000],
  )
  assert.deepEqual([failed.times, failed.oldestMs], [[4000], 4000])
})

test('once a stop has begun none is given up', () => {
  const failed = new FailedBatches(1)
  failed.failed(1000)
  failed.stop()
  for (let timeMs = 2000; timeMs < 2_000_000; timeMs += 1000) assert.deepEqual(failed.failed(timeMs).givenUp, [])
  assert.deepEqual(failed.succeeded(), [])
  assert.equal(failed.oldestMs, 1000)
})

test('an output that always fails costs a bounded number of batches', () => {
  const failed = new FailedBatches(10)
  const givenUp: number[] = []
  for (let n = 1; n <= 5000; n++) givenUp.push(...failed.failed(n).givenUp.map(({ timeMs }) => timeMs))
  assert.equal(failed.times.length, 1000)
  assert.deepEqual(
    givenUp,
    Array.from({ length: 4000 }, (_, i) => i + 1),
  )
})

test('the oldest is the one of the earliest time, in whatever order they failed', () => {
  const failed = new FailedBatches(10)
  // Batch 7 could not be made while an output of batch 5 was still running.
  for (const timeMs of [7000, 5000]) failed.failed(timeMs)
  assert.equal(failed.oldestMs, 5000)
  for (let n = 1; n <= 998; n++) assert.deepEqual(failed.failed(7000 + n * 1000).givenUp, [])
  assert.deepEqual(
    failed.failed(6000).givenUp.map(({ timeMs }) => timeMs),
    [5000],
  )
  assert.equal(failed.oldestMs, 6000)
})

test('where no restart can run them again none is held', () => {
  const failed = new FailedBatches(0)
  assert.deepEqual(failed.failed(1000), { held: false, givenUp: [] })
  assert.equal(failed.oldestMs, undefined)
})
