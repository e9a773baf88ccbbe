import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { ManualClock, runBatches, streamingTest, untilIdle } from '../../testing/index.ts'
import { Seconds } from '../../time/index.ts'
import { StreamingContext } from '../context/streaming-context.ts'
import { Receiver } from '../receivers/index.ts'

class Quick extends Receiver<number> {
  onStart(): void {
    for (let n = 0; n < 1000; n++) void this.store(n)
  }

  onStop(): void {}
}

const conf = {
  'spark.streaming.backpressure.enabled': true,
  'spark.streaming.backpressure.initialRate': 50,
  'spark.streaming.backpressure.pid.minRate': 10,
}

test('the first batch has no more than initialRate allows; then the rate follows what the batches took', async () => {
  const { ssc, clock, close } = streamingTest({ conf })
  const sizes: number[] = []
  const rates: number[] = []
  const { receivers } = ssc
  const update = receivers.updateRate.bind(receivers)
  receivers.updateRate = (streamId, rate) => {
    rates.push(rate)
    update(streamId, rate)
  }
  ssc.receiverStream(new Quick(), { thread: 'main' }).foreachRDD(async rdd => {
    sizes.push(await rdd.count())
    clock.advance(800) // That is how long it takes.
  })
  ssc.start()
  await runBatches(ssc, 5)
  await close()
  // 50 a second, in blocks of 10; then 50 in 0.8 s are 62 a second, and 60 in 0.8 s are 75.
  assert.deepEqual(sizes, [40, 50, 50, 60, 60])
  assert.deepEqual(rates, [62, 62, 75, 75])
})

test('after a restart with a backlog at the source the first batch again has no more than initialRate allows', async () => {
  const undo = registerFileSystem('memory', () => store)
  const store = new MemoryFileSystem()
  const sizes: number[] = []
  const run = async (startMs: number): Promise<void> => {
    const { ssc: unused, sparkContext, close } = streamingTest({ conf: { ...conf, 'spark.log.level': 'OFF' } })
    const clock = new ManualClock(startMs)
    const ssc = await StreamingContext.getOrCreate('memory:///rates', () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint('memory:///rates')
      made.receiverStream(new Quick(), { thread: 'main' }).foreachRDD(async rdd => {
        sizes.push(await rdd.count())
        clock.advance(800)
      })
      return made
    })
    ssc.start()
    await untilIdle(ssc)
    await runBatches(ssc, 2)
    await ssc.stop(false)
    await unused.stop(false)
    await close()
  }
  await run(0)
  await run(60_500)
  undo()
  assert.deepEqual(
    sizes.filter(size => size > 50),
    [],
  )
  assert.ok(sizes.filter(size => size > 0).length >= 4, String(sizes))
})
