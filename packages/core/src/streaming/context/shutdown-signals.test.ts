import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchInput, streamingTest } from '../../testing/index.ts'
import { onShutdownSignal } from './shutdown-signals.ts'

test('the first signal stops, and nobody listens to the second', () => {
  const before = process.listenerCount('SIGTERM')
  const seen: string[] = []
  onShutdownSignal(signal => seen.push(signal))
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  process.emit('SIGINT', 'SIGINT')
  assert.deepEqual(seen, ['SIGINT'])
  assert.equal(process.listenerCount('SIGTERM'), before)
})

test('with stopGracefullyOnShutdown a signal stops the contexts gracefully, without it nobody listens', async () => {
  for (const asked of [true, false]) {
    const { ssc, sparkContext, close } = streamingTest({ conf: { 'spark.streaming.stopGracefullyOnShutdown': asked } })
    const before = process.listenerCount('SIGTERM')
    new BatchInput(ssc, [[1]]).print()
    ssc.start()
    assert.equal(process.listenerCount('SIGTERM'), before + (asked ? 1 : 0))
    if (asked) {
      process.emit('SIGTERM', 'SIGTERM')
      await ssc.awaitTermination()
      assert.equal(ssc.getState(), 'STOPPED')
      assert.equal(process.listenerCount('SIGTERM'), before)
    }
    await close()
    assert.equal(sparkContext.isStopped, true)
  }
})
