import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faulty, MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { ManualClock, streamingTest, untilIdle } from '../../testing/index.ts'
import { Seconds } from '../../time/index.ts'
import { StreamingContext } from '../context/streaming-context.ts'
import { Receiver } from './index.ts'

class Source extends Receiver<string> {
  override onStart(): void {}
  override onStop(): void {}
}

test('while the log’s disk is full nothing is acknowledged; then it goes on, and after a crash everything that was acknowledged comes out, once', async () => {
  const disk = new MemoryFileSystem()
  let full = false
  const store = faulty(disk, ({ path, name }) =>
    full && path.includes('receivedData') && name !== 'delete' ? 'ENOSPC' : undefined,
  )
  const undo = registerFileSystem('memory', () => store)
  const conf = { 'spark.log.level': 'OFF', 'spark.streaming.receiver.writeAheadLog.enable': true }
  const out: string[] = []
  const open = async (startMs: number) => {
    const { ssc: unused, sparkContext, close } = streamingTest({ conf })
    await unused.stop(false)
    const clock = new ManualClock(startMs)
    const source = new Source()
    const ssc = await StreamingContext.getOrCreate('memory:///log', () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint('memory:///log')
      made.receiverStream(source, { thread: 'main' }).foreachRDD(async rdd => void out.push(...(await rdd.collect())))
      return made
    })
    ssc.start()
    await untilIdle(ssc)
    return { ssc, source, clock, close }
  }
  const first = await open(0)
  const acknowledged: string[] = []
  const refused: string[] = []
  for (let i = 0; i < 12; i++) {
    full = i >= 4 && i < 8
    await first.source.store([`record ${i}`]).then(
      () => acknowledged.push(`record ${i}`),
      (error: { code: string }) => refused.push(error.code),
    )
  }
  assert.deepEqual([acknowledged.length, refused], [8, Array(4).fill('BLOCK_NOT_STORED')])
  // No batch has run: everything is in the log alone.
  await first.ssc.stop(false)
  await first.close()
  const second = await open(2500)
  second.clock.setTo(3000)
  await untilIdle(second.ssc)
  await second.ssc.stop(false)
  await second.close()
  undo()
  assert.deepEqual(out, acknowledged)
})
