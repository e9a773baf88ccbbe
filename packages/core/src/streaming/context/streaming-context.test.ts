import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { BatchInput, collectBatches, lookInto, runBatches, streamingTest, untilIdle } from '../../testing/index.ts'
import type { StreamingTest, StreamingTestOptions } from '../../testing/index.ts'
import { Milliseconds, Seconds, type Time } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { StreamingContext } from './streaming-context.ts'

let open: StreamingTest | undefined
function setUp(options?: StreamingTestOptions): StreamingTest {
  open = streamingTest(options)
  open.sparkContext.setLogLevel('OFF')
  return open
}
afterEach(async () => {
  await open?.close()
  open = undefined
})

test('a bare number is no batch interval', () => {
  const { sparkContext } = setUp()
  assert.throws(() => new StreamingContext(sparkContext, 1000 as never), { code: 'NOT_A_DURATION' })
  assert.throws(() => new StreamingContext(sparkContext, Milliseconds(0)), { code: 'BATCH_INTERVAL' })
})

test('the first batch is that of the next whole multiple of the interval, also at a multiple', async () => {
  const { ssc } = setUp({ startMs: 5000 })
  const batches = collectBatches(new BatchInput(ssc, [[1], [2]]))
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(batches, [
    { timeMs: 6000, records: [1] },
    { timeMs: 7000, records: [2] },
  ])
})

test('a clock that jumps ahead makes every batch that was missed, once and in order', async () => {
  const { ssc, clock } = setUp()
  const batches = collectBatches(new BatchInput(ssc, [[1], [2], [3]]))
  ssc.start()
  clock.setTo(250_500)
  await untilIdle(ssc)
  assert.deepEqual(
    batches.map(batch => batch.timeMs),
    Array.from({ length: 250 }, (_, i) => (i + 1) * 1000),
  )
  assert.deepEqual(batches[2]!.records, [3])
})

test('a failed output makes awaitTermination reject, with stream, operator and batch on the error; the streams go on', async () => {
  const { ssc } = setUp()
  const input = new BatchInput(ssc, [[1], [2]])
  const seen: number[] = []
  input
    .map(x => x + 1)
    .foreachRDD((_, time) => {
      if (time.milliseconds === 1000) throw new Error('no luck')
    })
  input.foreachRDD((_, time) => void seen.push(time.milliseconds))
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(seen, [1000, 2000])
  assert.equal(ssc.getState(), 'ACTIVE')
  await assert.rejects(ssc.awaitTermination(), (error: Error & Record<string, unknown>) => {
    assert.equal(error.code, 'OUTPUT_FAILED')
    assert.equal(error.batchTimeMs, 1000)
    assert.equal(error.operator, 'foreachRDD')
    assert.match(String(error.stream), /^map at .*streaming-context\.test\.ts:\d+:\d+$/)
    assert.match(error.message, /no luck/)
    assert.equal((error.cause as Error).message, 'no luck')
    return true
  })
})

test('a failed task says its partition, and the user’s error is the cause of the cause', async () => {
  const { ssc } = setUp()
  const input = new BatchInput(ssc, [[1, -1]])
  input
    .map(x => {
      if (x < 0) throw new Error(`negative: ${x}`)
      return x
    })
    .print()
  ssc.start()
  await runBatches(ssc, 1)
  await assert.rejects(ssc.awaitTermination(), (error: Error & Record<string, unknown>) => {
    assert.equal(error.partition, 1)
    assert.match(error.message, /negative: -1/)
    assert.equal(((error.cause as Error).cause as Error).message, 'negative: -1')
    return true
  })
})

test('jobs of print say where print was called, those of foreachRDD where their action was', async () => {
  const { ssc, sparkContext } = setUp()
  const places: string[] = []
  sparkContext.engine.subscribe(event => {
    if (event.type === 'jobStarted') places.push(`${event.origin.action} ${event.origin.site.replace(/.*[\\/]/, '')}`)
  })
  const input = new BatchInput(ssc, [[1]])
  input.print()
  input.foreachRDD(async rdd => void (await rdd.count()))
  ssc.start()
  await runBatches(ssc, 1)
  assert.match(places[0]!, /^take streaming-context\.test\.ts:\d+:\d+$/)
  assert.match(places.at(-1)!, /^count streaming-context\.test\.ts:\d+:\d+$/)
})

test('jobs that an output function starts and does not await belong to it', async () => {
  const { ssc } = setUp()
  const ended: string[] = []
  const input = new BatchInput(ssc, [[1, 2]])
  input.foreachRDD(rdd => void rdd.count().then(() => ended.push('job')))
  input.foreachRDD(() => void ended.push('next output'))
  ssc.start()
  await runBatches(ssc, 1)
  assert.deepEqual(ended, ['job', 'next output'])
})

test('a job that nobody awaits fails its output operation', async () => {
  const { ssc } = setUp()
  new BatchInput(ssc, [[1]]).foreachRDD(rdd => {
    void rdd.foreach(() => {
      throw new Error('in the background')
    })
  })
  ssc.start()
  await runBatches(ssc, 1)
  await assert.rejects(ssc.awaitTermination(), /in the background/)
})

test('a driver function that throws fails its batch, whose outputs do not run; later batches go on', async () => {
  const { ssc } = setUp()
  const input = new BatchInput(ssc, [[1], [2]])
  const seen: number[] = []
  input.foreachRDD((_, time) => void seen.push(time.milliseconds))
  input
    .transform((rdd, time) => {
      if (time.milliseconds === 1000) throw new Error('cannot')
      return rdd
    })
    .foreachRDD(() => {})
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(seen, [2000])
  await assert.rejects(ssc.awaitTermination(), {
    code: 'GENERATION_FAILED',
    message: 'Error generating jobs for time 1000 ms: cannot',
  })
})

test('an input stream may answer with a promise; batches wait for it and stay in order', async () => {
  const { ssc, clock } = setUp()
  const answers: (() => void)[] = []
  class Slow extends InputDStream<number> {
    override compute(time: Time): Promise<RDD<number>> {
      return new Promise(resolve => {
        answers.push(() => resolve(this.context.sparkContext.parallelize([time.milliseconds], 1)))
      })
    }
  }
  const batches = collectBatches(new Slow(ssc).window(Seconds(2), Seconds(2)))
  ssc.start()
  clock.setTo(4000)
  let idle = false
  const quiet = untilIdle(ssc).then(() => (idle = true))
  for (let i = 0; i < 4; i++) {
    while (answers.length === 0) await Promise.resolve()
    assert.equal(idle, false)
    answers.shift()!()
  }
  await quiet
  assert.deepEqual(
    batches.map(batch => batch.records),
    [
      [1000, 2000],
      [3000, 4000],
    ],
  )
})

test('an input stream whose promise is rejected fails the batch with its error', async () => {
  const { ssc } = setUp()
  class Broken extends InputDStream<number> {
    override compute(): Promise<RDD<number>> {
      return Promise.reject(new Error('source gone'))
    }
  }
  new Broken(ssc).print()
  ssc.start()
  await runBatches(ssc, 1)
  await assert.rejects(ssc.awaitTermination(), /Error generating jobs for time 1000 ms: source gone/)
})

test('the first batch waits until the input streams have started', async () => {
  const { ssc, clock } = setUp()
  const started = Promise.withResolvers<void>()
  const computed: number[] = []
  class Connecting extends InputDStream<number> {
    override start(): Promise<void> {
      return started.promise
    }
    override compute(time: Time): RDD<number> {
      computed.push(time.milliseconds)
      return this.context.sparkContext.emptyRDD()
    }
  }
  new Connecting(ssc).print()
  ssc.start()
  clock.setTo(1000)
  assert.deepEqual(computed, [])
  started.resolve()
  await untilIdle(ssc)
  assert.deepEqual(computed, [1000])
})

test('an input stream that throws when it starts makes start() throw and the context STOPPED', () => {
  const { ssc } = setUp()
  class Failing extends InputDStream<number> {
    override start(): void {
      throw new Error('no port')
    }
    override compute(): undefined {}
  }
  new Failing(ssc).print()
  assert.throws(() => ssc.start(), /no port/)
  assert.equal(ssc.getState(), 'STOPPED')
  assert.equal(StreamingContext.getActive(), undefined)
})

test('with concurrentJobs outputs of one batch run at the same time', async () => {
  const { ssc, clock } = setUp({ conf: { 'spark.streaming.concurrentJobs': 2 } })
  const input = new BatchInput(ssc, [[1]])
  const gate = Promise.withResolvers<void>()
  const running: string[] = []
  input.foreachRDD(() => {
    running.push('first')
    return gate.promise
  })
  input.foreachRDD(() => {
    running.push('second')
    gate.resolve()
  })
  ssc.start()
  clock.setTo(1000)
  await untilIdle(ssc)
  assert.deepEqual(running, ['first', 'second'])
})

test('RDDs that a batch still runs on are kept when a later batch has nothing to do', async () => {
  const { ssc, clock } = setUp()
  const gate = Promise.withResolvers<void>()
  const input = new BatchInput(ssc, [['a', 'a'], null, null])
  let counted: unknown
  const pairs = input.map(word => [word, 1]).reduceByKey((a, b) => a + b)
  pairs.foreachRDD(async rdd => {
    await gate.promise
    counted = await rdd.collect()
  })
  ssc.start()
  clock.setTo(3000)
  assert.deepEqual(lookInto(pairs).generatedTimes, [1000])
  gate.resolve()
  await untilIdle(ssc)
  assert.deepEqual(counted, [['a', 2]])
  assert.deepEqual(lookInto(pairs).generatedTimes, [])
})

test('a graceful stop waits for every batch that is due', async () => {
  const { ssc, clock } = setUp()
  const gate = Promise.withResolvers<void>()
  const seen: number[] = []
  new BatchInput(ssc, [[1], [2], [3]]).foreachRDD(async (_, time) => {
    await gate.promise
    seen.push(time.milliseconds)
  })
  ssc.start()
  clock.setTo(3000)
  const stopped = ssc.stop(false, true)
  assert.equal(ssc.getState(), 'ACTIVE')
  gate.resolve()
  await stopped
  assert.equal(ssc.getState(), 'STOPPED')
  assert.deepEqual(seen, [1000, 2000, 3000])
  await ssc.awaitTermination()
})

test('a graceful stop that takes too long is cut short at its deadline', async () => {
  const { ssc, clock } = setUp({ conf: { 'spark.streaming.gracefulStopTimeout': '5s' } })
  new BatchInput(ssc, [[1]]).foreachRDD(() => new Promise(() => {}))
  ssc.start()
  clock.setTo(1000)
  const stopped = ssc.stop(false, true)
  for (let i = 0; i < 50; i++) await Promise.resolve()
  clock.advance(5000)
  for (let i = 0; i < 50; i++) await Promise.resolve()
  clock.advance(2000)
  await stopped
  assert.equal(ssc.getState(), 'STOPPED')
})

test('a stop that is not graceful overtakes a graceful one', async () => {
  const { ssc, clock } = setUp()
  new BatchInput(ssc, [[1]]).foreachRDD(() => new Promise(() => {}))
  ssc.start()
  clock.setTo(1000)
  const stopped = ssc.stop(false, true)
  for (let i = 0; i < 50; i++) await Promise.resolve()
  const again = ssc.stop(false, false)
  for (let i = 0; i < 50; i++) await Promise.resolve()
  clock.advance(2000)
  await Promise.all([stopped, again])
  assert.equal(ssc.getState(), 'STOPPED')
  assert.equal(clock.now(), 3000)
})

test('a stop that is not graceful begins no further output and is no failure', async () => {
  const { ssc, clock } = setUp()
  const gate = Promise.withResolvers<void>()
  const seen: number[] = []
  const input = new BatchInput(ssc, [[1], [2]])
  input.foreachRDD(async (_, time) => {
    seen.push(time.milliseconds)
    await gate.promise
  })
  input.foreachRDD(() => void seen.push(-1))
  ssc.start()
  clock.setTo(2000)
  const stopped = ssc.stop(false)
  gate.resolve()
  await stopped
  assert.deepEqual(seen, [1000])
  await ssc.awaitTermination()
})

test('stop may be awaited inside an output operation', async () => {
  const { ssc, clock } = setUp()
  new BatchInput(ssc, [[1]]).foreachRDD(async () => {
    await ssc.stop(false, true)
  })
  ssc.start()
  clock.setTo(1000)
  await ssc.awaitTermination()
  assert.equal(ssc.getState(), 'STOPPED')
})

test('awaitTerminationOrTimeout says whether the context has stopped', async () => {
  const { ssc } = setUp()
  new BatchInput(ssc, [[1]]).print()
  ssc.start()
  assert.equal(await ssc.awaitTerminationOrTimeout(1), false)
  assert.equal(await ssc.awaitTerminationOrTimeout(Milliseconds(1)), false)
  await ssc.stop(false)
  assert.equal(await ssc.awaitTerminationOrTimeout(1000), true)
})

test('stop stops the SparkContext too, unless it is told otherwise', async () => {
  const first = setUp()
  await first.ssc.stop(false)
  assert.equal(first.sparkContext.isStopped, false)
  await first.ssc.stop({ stopGracefully: true })
  assert.equal(first.sparkContext.isStopped, true)
  const second = setUp({ conf: { 'spark.streaming.stopSparkContextByDefault': false } })
  await second.ssc.stop()
  assert.equal(second.sparkContext.isStopped, false)
})

test('two contexts’ streams cannot be put together', () => {
  const { ssc, sparkContext } = setUp()
  const other = new StreamingContext(sparkContext, Seconds(1))
  const [here, there] = [new BatchInput(ssc, [[1]]), new BatchInput(other, [[1]])]
  assert.throws(() => here.union(there), { code: 'DIFFERENT_CONTEXTS' })
  assert.throws(() => ssc.union([here, there]), { code: 'DIFFERENT_CONTEXTS' })
})

test('a listener that throws disturbs neither the others nor the streams', async () => {
  const { ssc } = setUp()
  const completed: number[] = []
  ssc.addStreamingListener({
    onBatchSubmitted: () => {
      throw new Error('listener')
    },
  })
  const second = {
    onBatchCompleted: (e: { batchInfo: { batchTime: Time } }) =>
      void completed.push(e.batchInfo.batchTime.milliseconds),
  }
  ssc.addStreamingListener(second)
  new BatchInput(ssc, [[1]]).print()
  ssc.start()
  await runBatches(ssc, 2)
  ssc.removeStreamingListener(second)
  await runBatches(ssc, 1)
  assert.deepEqual(completed, [1000, 2000])
})
