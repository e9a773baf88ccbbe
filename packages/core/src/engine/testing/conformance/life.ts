import assert from 'node:assert/strict'
import type { RDD } from '../../../rdd/rdd.ts'
import type { TestContext } from '../test-context.ts'
import type { Facts } from './suite.ts'

const endless = (context: TestContext): RDD<number> =>
  context.parallelize([1], 1).mapPartitions(async () => {
    await new Promise(() => {})
    return [1]
  })

/** Resolves when the first task has started. */
const started = (context: TestContext): Promise<void> =>
  new Promise(resolve => {
    const stop = context.engine.subscribe(event => {
      if (event.type !== 'taskStarted') return
      stop()
      resolve()
    })
  })

/** Starting, cancelling, closing. */
export const lifeFacts: Facts = {
  'parallelism is what the engine was made with': async ({ fresh }) => {
    assert.equal((await fresh({ threads: 3 })).engine.defaultParallelism, 3)
  },
  'a job whose signal is aborted already does not begin': async ({ fresh }) => {
    const context = await fresh()
    context.signal = AbortSignal.abort(new Error('not wanted'))
    await assert.rejects(context.parallelize([1], 1).count(), { message: 'not wanted' })
  },
  'an aborted job rejects with the reason at once, and the engine goes on': async ({ fresh }) => {
    const context = await fresh()
    const abort = new AbortController()
    context.signal = abort.signal
    const begun = started(context)
    const job = endless(context).count()
    await begun
    abort.abort(new Error('enough'))
    await assert.rejects(job, { message: 'enough' })
    context.signal = undefined
    assert.equal(await context.parallelize([1, 2], 1).count(), 2)
  },
  'aborting a job that has ended does nothing': async ({ fresh }) => {
    const context = await fresh()
    const abort = new AbortController()
    context.signal = abort.signal
    assert.equal(await context.parallelize([1], 1).count(), 1)
    abort.abort()
    context.signal = undefined
    assert.equal(await context.parallelize([1], 1).count(), 1)
  },
  'closing rejects what runs, and later jobs; closing again does nothing': async ({ fresh }) => {
    const context = await fresh()
    const begun = started(context)
    const job = endless(context).count()
    const rejected = assert.rejects(job)
    await begun
    await Promise.all([context.engine.close(), context.engine.close()])
    await rejected
    await assert.rejects(context.parallelize([1], 1).count())
    await context.engine.close()
  },
  'who has unsubscribed hears nothing more': async ({ fresh }) => {
    const context = await fresh()
    const heard: string[] = []
    const stop = context.engine.subscribe(event => heard.push(event.type))
    await context.parallelize([1], 1).count()
    stop()
    const before = heard.length
    assert.ok(before >= 6)
    await context.parallelize([1], 1).count()
    assert.equal(heard.length, before)
  },
}
