import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../../logging/index.ts'
import { ManualClock } from '../../time/index.ts'
import { ListenerBus } from '../events/listener-bus.ts'
import { JobScheduler } from './job-scheduler.ts'
import type { OutputFailedError } from './output-failed-error.ts'
import type { OutputJob } from './output-job.ts'

function setUp(concurrent = 1) {
  const clock = new ManualClock(1000)
  const lines: string[] = []
  const errors: OutputFailedError[] = []
  const completed: number[] = []
  const scheduler = new JobScheduler({
    clock,
    logger: createLog({
      clock,
      level: 'INFO',
      sink: line => lines.push(line.split('JobScheduler: ')[1]!.trimEnd()),
    }).logger('JobScheduler'),
    bus: new ListenerBus(() => {}),
    concurrent,
    onError: error => errors.push(error),
    onBatchCompleted: timeMs => completed.push(timeMs),
  })
  return { clock, lines, errors, completed, scheduler }
}

const job = (run: () => Promise<unknown>): OutputJob => ({
  operator: 'print',
  site: 'app.ts:1:1',
  stream: 'map at app.ts:1:1',
  run,
})
const submit = (scheduler: JobScheduler, timeMs: number, ...jobs: OutputJob[]): void =>
  scheduler.submit({ timeMs, jobs, inputs: new Map() })
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('the log says what people of Spark Streaming look for', async () => {
  const { clock, lines, scheduler } = setUp()
  const gate = Promise.withResolvers<void>()
  submit(
    scheduler,
    1000,
    job(() => gate.promise),
  )
  clock.advance(1234)
  gate.resolve()
  await settled()
  assert.deepEqual(lines, [
    'Added jobs for time 1000 ms',
    'Starting job streaming job 1000 ms.0 from job set of time 1000 ms',
    'Finished job streaming job 1000 ms.0 from job set of time 1000 ms',
    'Total delay: 1.234 s for time 1000 ms (execution: 1.234 s)',
  ])
})

test('a failed output operation is told with its place, and the batch completes after its last', async () => {
  const { completed, errors, scheduler } = setUp()
  submit(
    scheduler,
    1000,
    job(() => Promise.reject(new Error('boom'))),
    job(() => Promise.resolve()),
  )
  await settled()
  assert.deepEqual(completed, [1000])
  assert.equal(
    errors[0]!.message,
    'Batch 1000 ms: output operation 0 (print at app.ts:1:1, of map at app.ts:1:1) failed: boom',
  )
})

test('halt resolves when what runs has ended, and starts nothing more', async () => {
  const { completed, scheduler } = setUp()
  const gate = Promise.withResolvers<void>()
  let late = false
  submit(
    scheduler,
    1000,
    job(() => gate.promise),
    job(async () => void (late = true)),
  )
  let quiet = false
  const halted = scheduler.halt().then(() => (quiet = true))
  await settled()
  assert.equal(quiet, false)
  gate.resolve()
  await halted
  assert.equal(late, false)
  assert.deepEqual(completed, [])
})
