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
