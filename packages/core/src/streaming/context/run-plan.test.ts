import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resume } from '../checkpoint/resume.ts'
import { allocationsOf, planRestart } from './run-plan.ts'

const resumed = (times: Pick<Resume, 'zeroMs' | 'batchMs' | 'pending'>): Resume => ({
  ...times,
  saved: [],
  beginsAfterMs: new Map(),
  memories: new Map(),
  streams: [],
})

test('a restart runs what had not ended, the batch of the checkpoint and all that were missed, in this order', () => {
  const restart = planRestart(resumed({ zeroMs: 0, batchMs: 5000, pending: [3000, 4000, 5000] }), {
    ...{ firstMs: 8000, periodMs: 1000, lastMs: 4000 },
  })
  assert.deepEqual(restart, { again: [3000, 4000], dueFromMs: 5000, missed: 3, leftoverMs: 6000 })
})

test('a restart from a checkpoint that was written before the first batch runs nothing at the time before it', () => {
  const restart = planRestart(resumed({ zeroMs: 1000, batchMs: 1000, pending: [] }), {
    ...{ firstMs: 3000, periodMs: 1000, lastMs: -Infinity },
  })
  assert.deepEqual(restart, { again: [], dueFromMs: 2000, missed: 1, leftoverMs: 2000 })
})

test('a program that has rested for a hundred years of milliseconds starts again as any other', () => {
  const firstMs = 100 * 365 * 86_400_000
  const times = { firstMs, periodMs: 1, lastMs: 4 }
  const restart = planRestart(resumed({ zeroMs: 0, batchMs: 5, pending: [] }), times)
  assert.deepEqual(restart, { again: [], dueFromMs: 5, missed: firstMs - 5, leftoverMs: 6 })
})

test('received data that waits goes to no batch that an earlier run has made', () => {
  const restart = planRestart(resumed({ zeroMs: 0, batchMs: 2000, pending: [] }), {
    ...{ firstMs: 9000, periodMs: 1000, lastMs: 6000 },
  })
  assert.equal(restart.leftoverMs, 7000)
})

test('what one input gave to batches leaves out the other inputs and the batches that it gave nothing to', () => {
  const inputs = new Map([
    [1000, new Map([[0, 'a']])],
    [2000, new Map([[1, 'b']])],
    [3000, new Map([[0, 'c'], [1, 'd']])], // prettier-ignore
  ])
  assert.deepEqual(allocationsOf(0, inputs), [
    { timeMs: 1000, range: 'a' },
    { timeMs: 3000, range: 'c' },
  ])
})
