import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, streamingTest, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds, type Time } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'
const batches = Array.from({ length: 40 }, (_, i) => [i])

/** Runs a program whose output fails in some batches, from its checkpoint or anew. Gives what it put out: batch time and running sum. */
function program(t: TestContext) {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('failed').set('spark.log.level', 'OFF')
  const sparkContext = new SparkContext(conf)
  putBack()
  t.after(() => sparkContext.stop())

  return async (fromMs: number, untilMs: number, fails: readonly number[] = []) => {
    const clock = new ManualClock(fromMs)
    const out: [timeMs: number, sum: number][] = []
    const ssc = await StreamingContext.getOrCreate(directory, () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint(directory)
      const pairs = new BatchInput(made, batches, 1).map(n => ['sum', n])
      const sums = pairs.updateStateByKey((ns, sum: number = 0) => ns.reduce((a, b) => a + b, sum), 1)
      sums.foreachRDD(async (rdd, time) => {
        const [pair] = await rdd.collect()
        if (fails.includes(time.milliseconds)) throw new Error('the database is down')
        out.push([time.milliseconds, pair![1]])
      })
      return made
    })
    ssc.start()
    const failed = ssc.awaitTermination().catch((error: unknown) => error)
    clock.setTo(untilMs)
    await untilIdle(ssc)
    await ssc.stop(false)
    return { out, failed: await failed }
  }
}

/** The sum of the batches up to that time. */
const sumAt = (timeMs: number): number => ((timeMs / 1000) * (timeMs / 1000 - 1)) / 2
const timesOf = (out: readonly (readonly [number, number])[]): number[] => out.map(([timeMs]) => timeMs)

test('a batch whose output failed is run again by the restart, with the state of its time, though later ones went on', async t => {
  const run = program(t)
  const first = await run(0, 6000, [2000, 4000])
  assert.match(String(first.failed), /Batch 2000 ms: .* the database is down/)
  assert.deepEqual(timesOf(first.out), [1000, 3000, 5000, 6000])
  const second = await run(6500, 7000)
  assert.deepEqual(timesOf(second.out), [2000, 4000, 6000, 7000])
  for (const [timeMs, sum] of [...first.out, ...second.out]) assert.equal(sum, sumAt(timeMs))
  // It is done now.
  const third = await run(7500, 8000)
  assert.deepEqual(timesOf(third.out), [7000, 8000])
})

test('a batch that fails again is run again by the next restart', async t => {
  const run = program(t)
  await run(0, 3000, [2000])
  await run(3500, 4000, [2000])
  assert.deepEqual(timesOf((await run(4500, 5000)).out), [2000, 4000, 5000])
})

test('who puts out ten batches after a failure does without it, and what was kept for it is let go', async t => {
  const run = program(t)
  const { out } = await run(0, 12_000, [2000, 3000])
  assert.equal(out.length, 10)
  const second = await run(12_500, 13_000)
  assert.deepEqual(timesOf(second.out), [2000, 3000, 12_000, 13_000])
  await run(13_500, 23_000, [14_000])
  assert.deepEqual(timesOf((await run(23_500, 24_000)).out), [14_000, 23_000, 24_000])
  await run(24_500, 34_000)
  assert.deepEqual(timesOf((await run(34_500, 35_000)).out), [34_000, 35_000])
})

test('a batch that no log can hold, since its numbers of records add up to more than a number can be, fails; the next ones go on', async t => {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const { ssc, clock, close } = streamingTest({ conf: { 'spark.log.level': 'OFF' } })
  t.after(close)
  ssc.checkpoint(directory)
  class Reports extends InputDStream<number> {
    override compute(time: Time) {
      this.reportInfo(time, time.milliseconds === 1000 ? Number.MAX_SAFE_INTEGER : 1)
      return this.context.sparkContext.emptyRDD<number>()
    }
  }
  const out: number[] = []
  new Reports(ssc).union(new Reports(ssc)).foreachRDD((_, time) => void out.push(time.milliseconds))
  ssc.start()
  const failed = assert.rejects(ssc.awaitTermination(), { code: 'GENERATION_FAILED' })
  for (const timeMs of [1000, 2000]) {
    clock.setTo(timeMs)
    for (let i = 0; i < 50; i++) await new Promise(resolve => setImmediate(resolve))
  }
  assert.deepEqual(out, [2000])
  await failed
})
