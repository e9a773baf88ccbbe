import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SparkContext } from '../context/index.ts'
import type { Broadcast, LongAccumulator } from '../engine/shared-variables/index.ts'
import { BatchInput } from './batch-input.ts'
import { collectBatches, runBatches } from './batches.ts'
import { streamingTest } from './streaming-test.ts'

/** The guide's lazily made singletons, word for word but for the language. */
class WordBlacklist {
  static instance: Broadcast<readonly string[]> | undefined
  static getInstance(sc: SparkContext): Broadcast<readonly string[]> {
    WordBlacklist.instance ??= sc.broadcast(['a', 'b', 'c'])
    return WordBlacklist.instance
  }
}

class DroppedWordsCounter {
  static instance: LongAccumulator | undefined
  static getInstance(sc: SparkContext): LongAccumulator {
    DroppedWordsCounter.instance ??= sc.longAccumulator('WordsInBlacklistCounter')
    return DroppedWordsCounter.instance
  }
}

test("the guide's lazily made broadcast variable and accumulator work in foreachRDD, batch after batch", async () => {
  const { ssc, close } = streamingTest()
  const input = new BatchInput(ssc, [['a a x'], ['b y x'], []])
  const wordCounts = input
    .flatMap(line => line.split(' '))
    .map(word => [word, 1])
    .reduceByKey((a, b) => a + b)
  const output: string[] = []
  wordCounts.foreachRDD(async (rdd, time) => {
    const blacklist = WordBlacklist.getInstance(rdd.sparkContext)
    const droppedWordsCounter = DroppedWordsCounter.getInstance(rdd.sparkContext)
    const counts = await rdd
      .filter(([word, count]) => {
        if (!blacklist.value.includes(word)) return true
        droppedWordsCounter.add(count)
        return false
      })
      .collect()
    output.push(`Counts at time ${time.milliseconds} ms [${counts.map(pair => pair.join(',')).sort().join(' ')}]`) // prettier-ignore
  })
  ssc.start()
  await runBatches(ssc, 3)
  assert.deepEqual(output, [
    'Counts at time 1000 ms [x,1]',
    'Counts at time 2000 ms [x,1 y,1]',
    'Counts at time 3000 ms []',
  ])
  assert.deepEqual([DroppedWordsCounter.instance?.value, DroppedWordsCounter.instance?.name], [3, 'WordsInBlacklistCounter']) // prettier-ignore
  await close()
})

test('a stream awaits an asynchronous function for each record', async () => {
  const { ssc, close } = streamingTest()
  const lengths = collectBatches(new BatchInput(ssc, [['a', 'bcd'], ['ef']]).mapAsync(async word => word.length))
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(lengths.map(({ records }) => records), [[1, 3], [2]]) // prettier-ignore
  await close()
})
