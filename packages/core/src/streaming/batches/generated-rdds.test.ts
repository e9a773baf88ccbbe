import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parentsFirst } from '../../rdd/plan/walk.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, lookInto, runBatches, streamingTest } from '../../testing/index.ts'
import { Milliseconds, Seconds } from '../../time/index.ts'

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
