import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'

test('what was acknowledged comes out after a restart, once, in the batch that it belonged to or the next', async () => {
  const undo = registerFileSystem('memory', () => store)
  const store = new MemoryFileSystem()
  registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('log')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF' })
  const sparkContext = new SparkContext(conf)
  const open = async (clock: ManualClock) => {
    const source = new Source()
    const out: [number, readonly string[]][] = []
    const told: [number, number][] = []
    const ssc = await StreamingContext.getOrCreate(directory, () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint(directory)
      made.receiverStream(source, { thread: 'main' }).foreachRDD(async (rdd, time) => {
        out.push([time.milliseconds, await rdd.collect()])
      })
      return made
    })
    ssc.addStreamingListener({
      onBatchCompleted: ({ batchInfo }) => void told.push([batchInfo.batchTime.milliseconds, batchInfo.numRecords]),
    })
    ssc.start()
    await untilIdle(ssc)
    await source.started.promise
    return { ssc, source, out, told }
  }
  const clock = new ManualClock(0)
  const first = await open(clock)
  await first.source.store(['a', 'b'])
  clock.setTo(1000)
  await untilIdle(first.ssc)
  await first.source.store(['c'])
  await first.source.store(['d'])
  await first.ssc.stop(false)
  assert.deepEqual(first.out, [[1000, ['a', 'b']]])

  const again = new ManualClock(2500)
  const second = await open(again)
  await second.source.store(['e'])
  again.setTo(3000)
  await untilIdle(second.ssc)
  await second.ssc.stop(false)
  assert.deepEqual(second.out, [
    [1000, ['a', 'b']],
    [2000, ['c', 'd']],
    [3000, ['e']],
  ])
  // In Spark, recovered batches are told to be empty.
  assert.deepEqual(second.told, [[1000, 2], [2000, 2], [3000, 1]]) // prettier-ignore
  await sparkContext.stop()
  undo()
})

test('receivers are not logged without a place for the log: the start says so', async () => {
  registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('log')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF' })
  const ssc = new StreamingContext(conf, Seconds(1), { clock: new ManualClock(0) })
  ssc.receiverStream(new Source(), { thread: 'main' }).print()
  assert.throws(() => ssc.start(), {
    code: 'NO_CHECKPOINT_DIRECTORY',
    message: /Cannot enable receiver write-ahead log/,
  })
  await ssc.stop(true)
})
