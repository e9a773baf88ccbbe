import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BatchInput, ManualClock, streamingTest } from '../../testing/index.ts'
import { onShutdownSignal } from './shutdown-signals.ts'

/** Listens, and notes what is asked for. A stop ends when the test says so. */
function listening(gracefully: boolean) {
  const clock = new ManualClock()
  const seen: string[] = []
  const stopped = Promise.withResolvers<void>()
  const forget = onShutdownSignal({
    ...{ clock, gracefully },
    stop: gracefully => {
      seen.push(gracefully ? 'gracefully' : 'at once')
      return stopped.promise
    },
    raise: signal => seen.push(`ended by ${signal}`),
  })
  return { clock, seen, forget, stopped }
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve()
}

test('the first signal stops gracefully, one of the same key press is no second one, the second stops at once, the third is nobody’s', async () => {
  const before = process.listenerCount('SIGTERM')
  const { clock, seen, stopped } = listening(true)
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  process.emit('SIGINT', 'SIGINT')
  clock.advance(299)
  process.emit('SIGTERM', 'SIGTERM')
  assert.deepEqual(seen, ['gracefully'])
  clock.advance(1)
  process.emit('SIGTERM', 'SIGTERM')
  assert.deepEqual(seen, ['gracefully', 'at once'])
  clock.advance(300)
  assert.equal(process.listenerCount('SIGTERM'), before)
  stopped.resolve()
  await turns()
  assert.deepEqual(seen, ['gracefully', 'at once', 'ended by SIGTERM'])
})

test('not gracefully, the first signal stops at once and ends the process by the signal', async () => {
  const before = process.listenerCount('SIGINT')
  const { seen, stopped } = listening(false)
  process.emit('SIGINT', 'SIGINT')
  assert.deepEqual(seen, ['at once'])
  stopped.resolve()
  await turns()
  assert.deepEqual(seen, ['at once', 'ended by SIGINT'])
  assert.equal(process.listenerCount('SIGINT'), before)
})

test('not gracefully, a signal that the program listens for is the program’s', () => {
  const { seen, forget } = listening(false)
  const own = (): void => void seen.push('own')
  process.on('SIGTERM', own)
  process.emit('SIGTERM', 'SIGTERM')
  process.removeListener('SIGTERM', own)
  forget()
  assert.deepEqual(seen, ['own'])
})

test('with stopGracefullyOnShutdown a signal stops the contexts gracefully; nobody listens before the start and after the stop', async () => {
  const { ssc, sparkContext, close } = streamingTest({ conf: { 'spark.streaming.stopGracefullyOnShutdown': true } })
  const before = process.listenerCount('SIGTERM')
  new BatchInput(ssc, [[1]]).print()
  ssc.start()
  assert.equal(process.listenerCount('SIGTERM'), before + 1)
  process.emit('SIGTERM', 'SIGTERM')
  await ssc.awaitTermination()
  assert.equal(ssc.getState(), 'STOPPED')
  assert.equal(process.listenerCount('SIGTERM'), before)
  await close()
  assert.equal(sparkContext.isStopped, true)
})
