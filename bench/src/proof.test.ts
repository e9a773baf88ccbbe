import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flaws, type Evidence } from './proof.ts'

const good: Evidence = {
  checksum: { count: 3, hash: 7 },
  expected: { count: 3, hash: 7 },
  counts: [3, 3],
  jobs: [
    { stages: 2, tasks: 4 },
    { stages: 2, tasks: 4 },
  ],
  perJob: { stages: 2, tasks: 4 },
  workers: new Set([0, 1]),
  parallelism: 2,
}

test('a run whose result, jobs and workers are as they must be has no flaws', () => assert.deepEqual(flaws(good), []))

test('a result with the right count but another hash is a flaw', () => {
  assert.match(flaws({ ...good, checksum: { count: 3, hash: 8 } }).join(), /not that of the floor/)
})

test('a single batch that counted wrongly is a flaw', () => {
  assert.match(flaws({ ...good, counts: [3, 2] }).join(), /batch 2 counted 2/)
})

test('a run without batches proves nothing', () => assert.match(flaws({ ...good, counts: [] }).join(), /no batch/))

test('a job that skipped a stage is a flaw, and so is one whose task ran again', () => {
  assert.match(
    flaws({
      ...good,
      jobs: [
        { stages: 2, tasks: 4 },
        { stages: 1, tasks: 2 },
      ],
    }).join(),
    /job 2 ran 1 stages with 2 tasks/,
  )
  assert.match(
    flaws({
      ...good,
      jobs: [
        { stages: 2, tasks: 5 },
        { stages: 2, tasks: 4 },
      ],
    }).join(),
    /job 1/,
  )
})

test('fewer jobs than batches is a flaw', () => {
  assert.match(flaws({ ...good, jobs: good.jobs.slice(1) }).join(), /only 1 jobs were seen for 2 batches/)
})

test('a worker without a task is a flaw', () => {
  assert.match(flaws({ ...good, workers: new Set([1]) }).join(), /1 of 2 workers/)
})
