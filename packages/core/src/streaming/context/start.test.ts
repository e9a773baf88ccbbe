import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerEngine, SparkConf } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, streamingTest, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

test('no batch is made before the directory is open, though the start of an input has failed by then', async t => {
  const opened = Promise.withResolvers<void>()
  class Slow extends MemoryFileSystem {
    override async createExclusive(path: string, content: Uint8Array) {
      await opened.promise
      return super.createExclusive(path, content)
    }
  }
  const store = new Slow()
  t.after(registerFileSystem('slow', () => store))
  const { ssc, clock, close } = streamingTest({ conf: { 'spark.log.level': 'OFF' } })
  t.after(close)
  ssc.checkpoint('slow:///checkpoint')
  class Failing extends InputDStream<string> {
    override async start() {
      throw new Error('there is no broker')
    }
    override compute() {
      return this.context.sparkContext.emptyRDD<string>()
    }
  }
  const out: string[][] = []
  const others = new BatchInput(ssc, [['a'], ['b']], 1)
  new Failing(ssc).union(others).foreachRDD(async rdd => void out.push(await rdd.collect()))
  ssc.start()
  await assert.rejects(ssc.awaitTermination(), /there is no broker/)
  clock.setTo(1000)
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(out, [])
  opened.resolve()
  clock.setTo(2000)
  await untilIdle(ssc)
  assert.deepEqual(out, [['a'], ['b']])
})

test('with the log of receivers on, a start that fails once the log is open ends the program', async t => {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  t.after(registerEngine('local', () => new ReferenceEngine()))
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('test')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF' })
  class Broken extends ManualClock {
    override at(): never {
      throw new Error('no alarm')
    }
  }
  const ssc = new StreamingContext(conf, Seconds(1), { clock: new Broken() })
  t.after(() => ssc.stop(true))
  ssc.checkpoint('memory:///checkpoint')
  ssc.receiverStream(new Source(), { thread: 'main' }).print()
  ssc.start()
  await assert.rejects(ssc.awaitTermination(), /no alarm/)
})

test('a clock that gives fractions of milliseconds is refused, also where the program goes on from a checkpoint', async t => {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  t.after(registerEngine('local', () => new ReferenceEngine()))
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('test').set('spark.log.level', 'OFF')
  const open = (clock: ManualClock) =>
    StreamingContext.getOrCreate('memory:///checkpoint', () => {
      const made = new StreamingContext(conf, Seconds(1), { clock })
      made.checkpoint('memory:///checkpoint')
      new BatchInput(made, [['a']]).print()
      return made
    })
  for (const nowMs of [0.5, 0, 1000.5]) {
    const ssc = await open(new ManualClock(nowMs))
    if (nowMs % 1 === 0) {
      ssc.start()
      await untilIdle(ssc)
    } else assert.throws(() => ssc.start(), { code: 'TIME_NOT_WHOLE' })
    await ssc.stop(true)
  }
})
