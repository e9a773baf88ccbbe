import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds, type Time } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { StreamingContext } from './streaming-context.ts'

/** One record in every batch; it can tell of which batches it was asked for them. */
class Source extends InputDStream<[string, number]> {
  readonly asked: number[] = []
  override compute(time: Time): RDD<[string, number]> {
    this.asked.push(time.milliseconds)
    return this.context.sparkContext.parallelize([['all', 1]], 1)
  }
}

test('a graceful stop saves the newest state: the next run needs no batch before the last one', async t => {
  t.after(
    registerFileSystem(
      'memory',
      (
        store => () =>
          store
      )(new MemoryFileSystem()),
    ),
  )
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('savepoint'))
  sparkContext.setLogLevel('OFF')
  putBack()
  t.after(() => sparkContext.stop())
  const run = async (fromMs: number, untilMs: number) => {
    const clock = new ManualClock(fromMs)
    const sums: unknown[] = []
    let source: Source | undefined
    const ssc = await StreamingContext.getOrCreate('memory:///checkpoint', () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint('memory:///checkpoint')
      source = new Source(made)
      source
        .updateStateByKey((ones: readonly number[], sum: number | undefined) => ones.length + (sum ?? 0), 1)
        .foreachRDD(async (rdd, time) => {
          sums.push([time.milliseconds, await rdd.collect()])
        })
      return made
    })
    ssc.start()
    await untilIdle(ssc)
    clock.setTo(untilMs)
    await untilIdle(ssc)
    await ssc.stop(false, true)
    return { sums, asked: source!.asked }
  }
  // State is saved every ten seconds; the stop comes before that.
  await run(0, 4000)
  const { sums, asked } = await run(4500, 5000)
  assert.deepEqual(sums.at(-1), [5000, [['all', 5]]])
  assert.ok(Math.min(...asked) >= 4000, `asked for ${asked.join(', ')}`)
})
