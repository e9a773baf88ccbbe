import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, streamingTest, untilIdle, type StreamingTest } from '../../testing/index.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { Seconds } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { Receiver } from '../receivers/index.ts'

/** Everything that does not wait for the clock happens. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}

/** Lets virtual time go on until the promise has settled. Gives how long that took. */
async function timeUntil(promise: Promise<unknown>, { clock }: StreamingTest, mostMs: number): Promise<number> {
  const beginMs = clock.now()
  let settled = false
  const note = (): void => void (settled = true)
  promise.then(note, note)
  for (await turns(); !settled && clock.now() < beginMs + mostMs; await turns()) clock.advance(100)
  assert.ok(settled, `not settled within ${mostMs} ms`)
  return clock.now() - beginMs
}

class Received extends Receiver<string> {
  override onStart(): void {}
  override onStop(): void | Promise<void> {}
}

test('what a receiver that hangs has stored before is processed, and the stop ends within its time', async () => {
  const started = streamingTest({ conf: { 'spark.log.level': 'OFF', 'spark.streaming.gracefulStopTimeout': '6s' } })
  const { ssc, close, clock } = started
  class Hangs extends Received {
    override onStop(): Promise<void> {
      return new Promise(() => {})
    }
  }
  const receiver = new Hangs()
  const seen: string[] = []
  ssc.receiverStream(receiver, { thread: 'main' }).foreachRDD(async rdd => {
    seen.push(...(await rdd.collect()))
  })
  ssc.start()
  void receiver.store(['a', 'b'])
  void receiver.store('c')
  clock.advance(500)
  const ms = await timeUntil(ssc.stop(false, true), started, 10_000)
  assert.deepEqual(seen, ['a', 'b', 'c'])
  assert.ok(ms <= 6000, `${ms} ms`)
  await close()
})

test('an input stream whose stop never ends, or fails, keeps nothing else from being stopped', async () => {
  for (const how of ['hangs', 'fails'] as const) {
    const started = streamingTest({ conf: { 'spark.log.level': 'OFF', 'spark.streaming.gracefulStopTimeout': '6s' } })
    const { ssc, close } = started
    class Odd extends InputDStream<number> {
      override compute(): RDD<number> {
        return this.context.sparkContext.emptyRDD()
      }
      override stop(): Promise<void> {
        return how === 'hangs' ? new Promise(() => {}) : Promise.reject(new Error('no stop'))
      }
    }
    new Odd(ssc).print()
    ssc.start()
    const stopped = ssc.stop(true, true)
    const ms = await timeUntil(stopped, started, 20_000)
    assert.ok(ms <= 6000 + 2 * 2000, `${ms} ms`)
    if (how === 'fails') await assert.rejects(stopped, /no stop/)
    assert.equal(ssc.getState(), 'STOPPED')
    assert.equal(ssc.sparkContext.isStopped, true)
    await close()
  }
})

test('a stop while an input stream is still starting ends, at once and gracefully', async () => {
  for (const gracefully of [false, true]) {
    const started = streamingTest({ conf: { 'spark.log.level': 'OFF' } })
    const { ssc, clock, close } = started
    let computed = 0
    class Slow extends InputDStream<number> {
      override start(): Promise<void> {
        return new Promise(() => {})
      }
      override compute(): RDD<number> {
        computed++
        return this.context.sparkContext.emptyRDD()
      }
    }
    new Slow(ssc).print()
    ssc.start()
    clock.advance(2500)
    const ms = await timeUntil(ssc.stop(false, gracefully), started, 20_000)
    assert.ok(ms <= (gracefully ? 10_000 : 0) + 2 * 2000, `${ms} ms`)
    assert.equal(computed, 0)
    await close()
  }
})

test('a stop right behind the start, before the checkpoint directory is open, begins nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stop-'))
  for (const gracefully of [false, true]) {
    const conf = { 'spark.log.level': 'OFF', 'spark.streaming.receiver.writeAheadLog.enable': true }
    const started = streamingTest({ conf })
    const { ssc, clock, close } = started
    ssc.checkpoint(directory)
    let startedReceivers = 0
    class Counts extends Received {
      override onStart(): void {
        startedReceivers++
      }
    }
    ssc.receiverStream(new Counts(), { thread: 'main' }).print()
    ssc.start()
    await ssc.stop(false, gracefully)
    clock.advance(5000)
    await untilIdle(ssc)
    assert.equal(startedReceivers, 0)
    assert.equal(ssc.getState(), 'STOPPED')
    await close()
  }
  rmSync(directory, { recursive: true })
})

test('two stops at the same time both resolve when everything has been stopped', async () => {
  const started = streamingTest({ conf: { 'spark.log.level': 'OFF' } })
  const { ssc, close } = started
  const input = new BatchInput(ssc, [[1], [2]])
  input.print()
  ssc.start()
  const both = Promise.all([ssc.stop(false, true), ssc.stop(false, true)])
  await timeUntil(both, started, 5000)
  assert.equal(ssc.getState(), 'STOPPED')
  await close()
})

test('an output that ends after the stop, which has cancelled it, writes nothing any more, whether or not its run has saved state before', async t => {
  for (const hanging of [2000, 1000]) {
    const store = new MemoryFileSystem()
    t.after(registerFileSystem('memory', () => store))
    const started = streamingTest({ conf: { 'spark.log.level': 'OFF' } })
    const { ssc, clock, close } = started
    ssc.checkpoint('memory:///checkpoint')
    const cancelled = Promise.withResolvers<void>()
    const counted = new BatchInput(ssc, [['a'], ['b']], 1)
      .map(word => [word, 1])
      .updateStateByKey((ones: readonly number[], sum: number = 0) => sum + ones.length, 1)
    const sums = counted.checkpoint(Seconds(1))
    sums.foreachRDD((_, time) => (time.milliseconds === hanging ? cancelled.promise : undefined))
    ssc.start()
    for (let timeMs = 1000; timeMs < hanging; timeMs += 1000) {
      clock.setTo(timeMs)
      await untilIdle(ssc)
    }
    clock.setTo(hanging)
    await turns()
    await timeUntil(ssc.stop(false), started, 10_000)
    const saved = (): Promise<number> => store.list('/checkpoint/data/1/stream-2').then(found => found.length, () => 0) // prettier-ignore
    const before = await saved()
    cancelled.resolve()
    await turns()
    assert.equal(await saved(), before)
    await close()
  }
})
