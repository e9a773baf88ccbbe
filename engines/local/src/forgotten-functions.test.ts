import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const settings = { maxFailures: 1, maxWorkerDeaths: 4, recordErrors: 'fail', shuffleMemoryBytes: -1 } as const

test('a task that waits while a thousand jobs run still has all of its functions', async () => {
  const engine = new LocalEngine({ ...settings, threads: 2 })
  try {
    const context = new TestContext(engine)
    const gate = new Int32Array(new SharedArrayBuffer(8))
    const waiting = context
      .parallelize([1], 1)
      .mapAsync(async n => {
        Atomics.store(gate, 1, 1)
        await Atomics.waitAsync(gate, 0, 0).value
        return n
      })
      .cache()
      .map(n => n + 1)
      .collect()
    while (Atomics.load(gate, 1) === 0) await new Promise(resolve => setImmediate(resolve))
    const other = context.parallelize([1], 1)
    for (let i = 0; i < 1100; i++) await other.count()
    Atomics.store(gate, 0, 1)
    Atomics.notify(gate, 0)
    assert.deepEqual(await waiting, [2])
  } finally {
    await engine.close()
  }
})
