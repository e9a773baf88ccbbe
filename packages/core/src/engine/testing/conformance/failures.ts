import assert from 'node:assert/strict'
import fs from 'node:fs'
import type { EngineEvent } from '../../events.ts'
import { JobFailedError } from '../../job-failed-error.ts'
import { TaskContext } from '../../task-context.ts'
import type { TestContext } from '../test-context.ts'
import { linesIn, type Facts } from './suite.ts'

async function failureOf(job: Promise<unknown>): Promise<JobFailedError> {
  try {
    await job
  } catch (error) {
    assert.ok(error instanceof JobFailedError, String(error))
    return error
  }
  throw new Error('the job did not fail')
}

/** Counts attempts in a file and fails on odd numbers until so many attempts were made. */
const failing = (context: TestContext, file: string, until: number) =>
  context.parallelize([1, 2], 2).map(n => {
    if (n !== 1) return n
    fs.appendFileSync(file, `${TaskContext.get()!.attemptNumber}\n`)
    if (fs.readFileSync(file, 'utf8').length < 2 * until) throw new Error(`negative: ${-n}`)
    return n
  })

/** What happens when functions of the user throw. */
export const failureFacts: Facts = {
  'a failed task fails the job, the user’s error as its cause': async ({ context }) => {
    const failed = await failureOf(
      context.parallelize([1, -7], 2).map(n => {
        if (n < 0) throw Object.assign(new RangeError(`negative: ${n}`), { detail: [n] })
        return n
      }).count(), // prettier-ignore
    )
    assert.match(failed.message, /^Job aborted due to stage failure: .*negative: -7/)
    assert.deepEqual([failed.partition, failed.attempts, failed.operator, failed.action], [1, 1, 'map', 'count'])
    assert.ok(failed.cause instanceof RangeError)
    assert.equal(failed.cause.message, 'negative: -7')
    assert.deepEqual((failed.cause as { detail?: unknown }).detail, [-7])
  },
  'what is thrown need not be an error': async ({ context }) => {
    const failed = await failureOf(context.parallelize([1], 1).foreach(() => { throw 'just text' })) // prettier-ignore
    assert.equal(failed.cause, 'just text')
  },
  'errors in every place where a function of the user is called': async ({ context }) => {
    const fail = (): never => {
      throw new Error('thrown by the user')
    }
    const pairs = context.parallelize([1, 1, 2], 2).map(n => [n, n])
    const jobs = [
      () => pairs.filter(() => fail()).count(),
      () => pairs.flatMap(() => fail()).count(),
      () => pairs.flatMap(function* () { yield 1; fail() }).count(), // prettier-ignore
      () => pairs.mapPartitions(() => fail()).count(),
      () => pairs.mapPartitions(async () => fail()).count(),
      () => pairs.mapPartitions(function* () { yield 1; fail() }).count(), // prettier-ignore
      () => pairs.reduceByKey(() => fail(), 1).count(),
      () => pairs.combineByKey(() => fail(), () => fail(), () => fail(), 1).count(), // prettier-ignore
      () => pairs.reduce(() => fail()),
      () => pairs.foreachPartition(async () => fail()),
    ]
    for (const job of jobs) assert.equal(((await failureOf(job())).cause as Error).message, 'thrown by the user')
  },
  'a job says which operator failed': async ({ context }) => {
    const numbers = context.parallelize([1], 1).map(n => n).filter(() => true) // prettier-ignore
    const failed = await failureOf(numbers.flatMap(() => { throw new Error('x') }).map(n => n).count()) // prettier-ignore
    assert.equal(failed.operator, 'flatMap')
  },
  'a function that returns a promise where nothing waits fails the job': async ({ context }) => {
    const numbers = context.parallelize([1], 1)
    const promising = (): Promise<number> => Promise.resolve(1)
    const jobs = [
      () => numbers.map(promising).count(),
      () => numbers.filter(promising as unknown as () => boolean).count(),
      () => numbers.mapPartitions(() => Promise.resolve([1])).count(),
    ]
    for (const job of jobs) assert.match((await failureOf(job())).message, /promise/)
  },
  'a task is tried as often as the engine was told, then the job fails': async ({ fresh, file }) => {
    const [context, log] = [await fresh({ maxFailures: 3 }), file()]
    const failed = await failureOf(failing(context, log, 99).count())
    assert.deepEqual(linesIn(log), ['0', '1', '2'])
    assert.deepEqual([failed.attempts, failed.attempt], [3, 2])
    assert.match(failed.message, /failed 3 times, most recent failure: Lost task 0\.2/)
  },
  'a task that succeeds in the end has succeeded': async ({ fresh, file }) => {
    const [context, log] = [await fresh({ maxFailures: 3 }), file()]
    assert.deepEqual(await failing(context, log, 3).collect(), [1, 2])
    assert.deepEqual(linesIn(log), ['0', '1', '2'])
  },
  'an attempt begins with fresh captured values': async ({ fresh, file }) => {
    const [context, log] = [await fresh({ maxFailures: 2 }), file()]
    let calls = 0
    const rdd = context.parallelize([1], 1).map(n => {
      calls++
      fs.appendFileSync(log, `${calls}\n`)
      if (TaskContext.get()!.attemptNumber === 0) throw new Error('first')
      return n
    })
    assert.deepEqual(await rdd.collect(), [1])
    assert.deepEqual(linesIn(log), ['1', '1'])
  },
  'after a failed job the engine goes on': async ({ context }) => {
    const fails = context.parallelize([1, 2], 2).map(() => {
      throw new Error('x')
    })
    await failureOf(fails.count())
    assert.equal(await context.parallelize([1, 2], 2).count(), 2)
  },
  'events tell what happened, in order and in pairs': async ({ fresh }) => {
    const context = await fresh({ maxFailures: 2 })
    const events: EngineEvent[] = []
    context.engine.subscribe(event => events.push(event))
    await context.parallelize([1, 2, 3], 3).map(n => [n, n]).reduceByKey((a, b) => a + b, 2).count() // prettier-ignore
    await failureOf(context.parallelize([1], 1).map(() => { throw new Error('x') }).count()) // prettier-ignore
    const counts = (type: EngineEvent['type']): number => events.filter(event => event.type === type).length
    assert.deepEqual(
      ['jobStarted', 'jobEnded', 'stageSubmitted', 'stageCompleted', 'taskStarted', 'taskEnded'].map(t => counts(t as EngineEvent['type'])), // prettier-ignore
      [2, 2, 3, 3, 7, 7],
    )
    checkEvents(events)
  },
}

/** What begins comes before what it is made of, what ends after it; failures say why. */
function checkEvents(events: readonly EngineEvent[]): void {
  const open = new Set<string>()
  for (const event of events) {
    if (event.type === 'jobStarted') open.add(`job ${event.jobId}`)
    if (event.type === 'jobEnded') assert.ok(open.delete(`job ${event.jobId}`))
    if (event.type === 'stageSubmitted') {
      assert.ok(open.has(`job ${event.jobId}`))
      open.add(`stage ${event.stageId}`)
    }
    if (event.type === 'stageCompleted') assert.ok(open.delete(`stage ${event.stageId}`))
    if (event.type === 'taskStarted' || event.type === 'taskEnded') {
      const task = `task ${event.stageId} ${event.partition} ${event.attempt}`
      assert.ok(open.has(`stage ${event.stageId}`), task)
      if (event.type === 'taskStarted') open.add(task)
      else assert.ok(open.delete(task))
    }
    if (event.type !== 'recordsSkipped') assert.ok(event.timeMs > 0)
  }
  assert.deepEqual([...open], [])
  const failed = events.filter(event => event.type === 'taskEnded').filter(event => event.error !== undefined)
  assert.deepEqual(failed.map(event => [event.attempt, event.error!.message]), [[0, 'x'], [1, 'x']]) // prettier-ignore
  assert.ok(events.some(event => event.type === 'jobEnded' && event.error?.code === 'JOB_FAILED'))
}
