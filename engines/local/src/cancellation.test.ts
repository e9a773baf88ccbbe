import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { BroadcastChannel } from 'node:worker_threads'
import type { EngineEvent } from '@dstream/core/engine'
import { TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const engine = new LocalEngine({
  threads: 1,
  maxFailures: 1,
  maxWorkerDeaths: 4,
  recordErrors: 'fail',
  shuffleMemoryBytes: 2 ** 28,
})
after(() => engine.close())
const context = new TestContext(engine)

/** Fulfilled when a task has said so. */
async function told(name: string): Promise<void> {
  const channel = new BroadcastChannel(name)
  await new Promise(resolve => (channel.onmessage = resolve))
  channel.close()
}

/** Starts a job that would take hours, aborts it when it has begun, and runs the next on the only slot. */
async function nextAfterAborting(name: string, start: () => Promise<unknown>): Promise<void> {
  const begun = told(name)
  const controller = new AbortController()
  context.signal = controller.signal
  const slow = start()
  context.signal = undefined
  await begun
  controller.abort(new Error('not wanted any more'))
  await assert.rejects(slow, /not wanted any more/)
  assert.equal(await context.parallelize([1, 2], 1).count(), 2)
}

const hours = Array.from({ length: 1_000_000 }, (_, i) => i)

test('the slot of an aborted job is free at once, though its one array has hours of work left', () =>
  nextAfterAborting('array', () =>
    context
      .partitions([hours])
      .map(n => {
        if (n === 0) {
          const channel = new BroadcastChannel('array')
          channel.postMessage('begun')
          channel.close()
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
        return n
      })
      .count(),
  ))

test('so is one whose merging of a shuffle has hours of work left', () =>
  nextAfterAborting('merge', () =>
    context
      .partitions([hours.map((n): [number, number] => [0, n])])
      .combineByKey(
        () => 0,
        a => {
          if (a === 0) {
            const channel = new BroadcastChannel('merge')
            channel.postMessage('begun')
            channel.close()
          }
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
          return a + 1
        },
        a => a,
        { partitioner: 1, mapSideCombine: false },
      )
      .count(),
  ))

test('records read from arrays count as read, once', async () => {
  const read: number[] = []
  const stop = engine.subscribe((event: EngineEvent) => {
    if (event.type === 'taskEnded' && event.metrics !== undefined) read.push(event.metrics.recordsRead)
  })
  const three = context.parallelize([1, 2, 3], 1)
  await three.map(n => n).collect()
  await three
    .union(context.parallelize([4, 5], 1))
    .coalesce(1)
    .collect()
  await three.zip(context.parallelize([4, 5, 6], 1)).collect()
  stop()
  assert.deepEqual(read, [3, 5, 6])
})
