import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchInput, ManualClock, streamingTest } from '../../testing/index.ts'
import { onShutdownSignal } from './shutdown-signals.ts'

test('the first signal stops, one of the same key press is no second one, and after that nobody listens', () => {
  const clock = new ManualClock()
  const before = process.listenerCount('SIGTERM')
  const seen: string[] = []
  onShutdownSignal(clock, signal => seen.push(signal))
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  process.emit('SIGINT', 'SIGINT')
  clock.advance(299)
  process.emit('SIGTERM', 'SIGTERM')
  assert.deepEqual(seen, ['SIGINT'])
  clock.advance(1)
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
