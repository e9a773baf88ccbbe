import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextFor } from './reference-context.test.ts'
import type { SparkContext } from './spark-context.ts'

const scope = { batchTimeMs: 1, outputOpId: 0 }
const failing = (sc: SparkContext) =>
  sc.parallelize([1], 1).map(() => {
    throw new Error('broken')
  })

test('a scope gives what its function gives', async t => {
  const sc = contextFor(t)
  assert.equal(await sc.inJobScope(scope, async () => (await sc.parallelize([1, 2]).count()) + 1), 3)
  assert.equal(await sc.inJobScope(scope, () => 'at once'), 'at once')
})

test('a scope ends when the jobs that nobody awaited have ended', async t => {
  const sc = contextFor(t)
  const ended: string[] = []
  sc.engine.subscribe(event => event.type === 'jobEnded' && ended.push(event.type))
  await sc.inJobScope(scope, () => {
    void sc.parallelize([1], 1).count()
    void sc.parallelize([1, 2, 3], 3).collect()
  })
  assert.equal(ended.length, 2)
})

test('jobs that are started by what was chained to a job belong to the scope, too', async t => {
  const sc = contextFor(t)
  const found: number[] = []
  await sc.inJobScope(scope, () => {
    void sc.parallelize([1, 2], 1).count().then(async n => { found.push(n, await sc.parallelize([1], 1).count()) }) // prettier-ignore
  })
  assert.deepEqual(found, [2, 1])
})

test('the failure of a job that nobody awaited is the scope’s', async t => {
  const sc = contextFor(t)
  const left = sc.inJobScope(scope, () => void failing(sc).count())
  await assert.rejects(left, { code: 'JOB_FAILED' })
  const chained = sc.inJobScope(scope, () => void failing(sc).count().then(n => n + 1)) // prettier-ignore
  await assert.rejects(chained, { code: 'JOB_FAILED' })
})

test('a failure that the function has caught is none', async t => {
  const sc = contextFor(t)
  const caught = await sc.inJobScope(scope, async () => {
    try {
      return await failing(sc).count()
    } catch {
      return -1
    }
  })
  assert.equal(caught, -1)
  await sc.inJobScope(scope, async () => {
    const job = failing(sc).count()
    await sc.parallelize([1, 2, 3], 3).count()
    await assert.rejects(job)
  })
  await sc.inJobScope(scope, () => void failing(sc).count().catch(() => {})) // prettier-ignore
})

test('the function’s own failure is the scope’s, after its jobs have ended', async t => {
  const sc = contextFor(t)
  let ended = false
  sc.engine.subscribe(event => (ended ||= event.type === 'jobEnded'))
  const failed = sc.inJobScope(scope, () => {
    void sc.parallelize([1], 1).count()
    throw new TypeError('mine')
  })
  await assert.rejects(failed, { name: 'TypeError', message: 'mine' })
  assert.equal(ended, true)
})

test('scopes at the same time do not see each other', async t => {
  const sc = contextFor(t)
  const [good, bad] = await Promise.allSettled([
    sc.inJobScope({ batchTimeMs: 1 }, () => sc.parallelize([1]).count()),
    sc.inJobScope({ batchTimeMs: 2 }, () => void failing(sc).count()),
  ])
  assert.equal(good.status, 'fulfilled')
  assert.equal(bad.status === 'rejected' && (bad.reason as { batchTimeMs: number }).batchTimeMs, 2)
})

test('a job group that is set in a scope ends with it', async t => {
  const sc = contextFor(t)
  const groups: unknown[] = []
  sc.engine.subscribe(event => event.type === 'jobStarted' && groups.push(event.origin.group))
  await sc.inJobScope(scope, () => {
    sc.setJobGroup('inside')
    return sc.parallelize([1]).count()
  })
  await sc.parallelize([1]).count()
  assert.deepEqual(groups, ['inside', undefined])
})

test('a job that is started after the scope has ended is the business of who started it', async t => {
  const sc = contextFor(t)
  const later = Promise.withResolvers<void>()
  let late: Promise<number> | undefined
  let started: Promise<void> | undefined
  await sc.inJobScope(scope, () => {
    started = later.promise.then(() => void (late = failing(sc).count()))
  })
  const unhandled = nextUnhandled()
  later.resolve()
  await started
  assert.equal(((await unhandled) as { code: string }).code, 'JOB_FAILED')
  await assert.rejects(late!, { code: 'JOB_FAILED' })
})

test('what is chained to a job of a scope after its end is not the scope’s', async t => {
  const sc = contextFor(t)
  let job: Promise<number> | undefined
  await sc.inJobScope(scope, () => void (job = sc.parallelize([1, 2], 1).count()))
  const unhandled = nextUnhandled()
  void job!.then(() => { throw new Error('late') }) // prettier-ignore
  assert.deepEqual(await unhandled, new Error('late'))
})

/** The next failure that nobody takes care of. The test runner, which would count it as its own, does not see it. */
function nextUnhandled(): Promise<unknown> {
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  return new Promise(resolve => {
    process.once('unhandledRejection', error => {
      for (const listener of others) process.on('unhandledRejection', listener)
      resolve(error)
    })
  })
}
