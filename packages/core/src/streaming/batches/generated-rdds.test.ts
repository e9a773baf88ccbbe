import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SparkContext } from '../../context/spark-context.ts'
import type { LongAccumulator } from '../../engine/shared-variables/index.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { parentsFirst } from '../../rdd/plan/walk.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, lookInto, runBatches, streamingTest } from '../../testing/index.ts'
import { Milliseconds, Seconds } from '../../time/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'

// The reference engine runs tasks in this thread, which this serves.
registerFileSystem('memory', () => new MemoryFileSystem())

test('the plan of an incremental window does not grow with the number of batches', async () => {
  const { ssc, close } = streamingTest()
  ssc.checkpoint('memory:///checkpoint')
  const sizes: number[] = []
  let last: unknown
  const input = Array.from({ length: 100 }, (_, i) => [i])
  new BatchInput(ssc, input)
    .reduceByWindow(
      (a, b) => a + b,
      (a, b) => a - b,
      Seconds(3),
      Seconds(1),
    )
    .foreachRDD(async rdd => {
      sizes.push(parentsFirst(rdd.node).length)
      last = await rdd.collect()
    })
  ssc.start()
  await runBatches(ssc, 100)
  await close()
  assert.deepEqual(last, [97 + 98 + 99])
  assert.equal(Math.max(...sizes.slice(50)), Math.max(...sizes.slice(0, 50)))
})

test('an incremental window whose past cannot be computed fails the batches that read it, and the streams go on', async () => {
  const { ssc, close } = streamingTest({ batch: Milliseconds(5000) })
  ssc.sparkContext.setLogLevel('OFF')
  ssc.checkpoint('memory:///checkpoint')
  let generated = 0
  const failing = new BatchInput(ssc, [[1], [2], [3], [4], [5]]).map((x): number => {
    throw new Error(`cannot ${x}`)
  })
  const counts = failing.countByValueAndWindow(Seconds(5), Seconds(5))
  counts.foreachRDD(async rdd => {
    generated++
    await rdd.collect()
  })
  ssc.start()
  await runBatches(ssc, 5)
  assert.equal(generated, 5)
  assert.ok(lookInto(counts).generatedTimes.length > 0)
  await assert.rejects(ssc.awaitTermination(), /cannot 1/)
  await close()
})

/** A cached dataset of which every computation is counted. */
function countedDataset(sc: SparkContext): { readonly load: () => RDD<number>; readonly loads: LongAccumulator } {
  const loads = sc.longAccumulator('loads')
  const load = (): RDD<number> => sc.parallelize([1, 2], 1).map(x => (loads.add(1), x)).cache() // prettier-ignore
  return { load, loads }
}

test('a dataset that a transform function makes once and caches stays cached when its batch is forgotten', async () => {
  const { ssc, close } = streamingTest()
  const { load, loads } = countedDataset(ssc.sparkContext)
  let reference: RDD<number> | undefined
  const found: unknown[] = []
  new BatchInput(
    ssc,
    Array.from({ length: 6 }, () => [1]),
  )
    .transform(rdd => rdd.intersection((reference ??= load())))
    .foreachRDD(async rdd => void found.push(await rdd.collect()))
  ssc.start()
  await runBatches(ssc, 6)
  assert.equal(reference!.getStorageLevel(), StorageLevel.MEMORY_ONLY)
  await close()
  assert.deepEqual([found, loads.value], [Array.from({ length: 6 }, () => [1]), 2])
})

test('a dataset that a transform function caches and gives as its result stays cached', async () => {
  const { ssc, close } = streamingTest()
  const { load, loads } = countedDataset(ssc.sparkContext)
  let reference: RDD<number> | undefined
  new BatchInput(
    ssc,
    Array.from({ length: 6 }, () => [1]),
  )
    .transform(() => (reference ??= load()))
    .foreachRDD(rdd => rdd.count())
  ssc.start()
  await runBatches(ssc, 6)
  await close()
  assert.equal(loads.value, 2)
})

test('a cached dataset that an asynchronous input gives for every batch stays cached', async () => {
  const { ssc, close } = streamingTest()
  const { load, loads } = countedDataset(ssc.sparkContext)
  const reference = load()
  class Constant extends InputDStream<number> {
    compute(): Promise<RDD<number>> {
      return Promise.resolve(reference)
    }
  }
  new Constant(ssc).foreachRDD(rdd => rdd.count())
  ssc.start()
  await runBatches(ssc, 6)
  await close()
  assert.equal(loads.value, 2)
})

test('the RDD of a batch is not kept for longer than the stream remembers it, also where an output operation caches it', async () => {
  const { ssc, close } = streamingTest()
  const rdds: RDD<number>[] = []
  const source = new BatchInput(
    ssc,
    Array.from({ length: 6 }, () => [1]),
  )
  const persisted = source.map(x => x + 1).persist(StorageLevel.MEMORY_ONLY)
  persisted.foreachRDD(async rdd => void rdds.push(rdd))
  source.map(x => x - 1).foreachRDD(async rdd => void rdds.push(rdd.cache()))
  ssc.start()
  await runBatches(ssc, 6)
  const levels = rdds.slice(0, 6).map(rdd => rdd.getStorageLevel())
  await close()
  assert.deepEqual(new Set(levels), new Set([StorageLevel.NONE]))
})
