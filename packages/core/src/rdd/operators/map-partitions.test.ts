import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('sees each partition as a whole', numbers, async ({ rdd, partitions }) => {
  const sums = rdd.mapPartitions(records => [[...records].reduce((a, b) => a + b, 0)])
  assert.deepEqual(await sums.collect(), partitions.map(part => part.reduce((a, b) => a + b, 0))) // prettier-ignore
})

test('the records are an iterator, with the methods of iterators', async () => {
  const rdd = context.partitions([[1, 2, 3]]).mapPartitions(records => [records.next().value, ...records])
  assert.deepEqual(await rdd.collect(), [1, 2, 3])
})

test('an async function is awaited', async () => {
  const rdd = context.partitions([[1], [2]]).mapPartitions(async records => [...records, 0])
  assert.deepEqual(await rdd.collect(), [1, 0, 2, 0])
})

test('says whether keys stay where they are', () => {
  const spread = context
    .parallelize(['a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  assert.equal(spread.mapPartitions(records => records).partitioner, undefined)
  assert.equal(spread.mapPartitions(records => records, true).partitioner?.numPartitions, 3)
})
