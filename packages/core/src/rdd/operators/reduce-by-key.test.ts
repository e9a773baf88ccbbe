import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, groupsOf, law, pairs } from './operator-laws.test.ts'

test('values of equal keys are merged', async () => {
  const counts = context
    .partitions([['a', 'b'], ['a']])
    .map(w => [w, 1])
    .reduceByKey((a, b) => a + b)
  assert.deepEqual(bag(await counts.collect()), [['a', 2], ['b', 1]]) // prettier-ignore
})

law('is reduce of each group', pairs, async ({ rdd, records }) => {
  const model = groupsOf(records).map(([key, values]) => [key, values.reduce((a, b) => a + b)])
  assert.deepEqual(bag(await rdd.reduceByKey((a, b) => a + b, 3).collect()), bag(model))
})

test('partitions: as given, else spark.default.parallelism, else as the parent', () => {
  const words = context.parallelize(['a'], 5).map(w => [w, 1])
  const merged = (n?: number) => words.reduceByKey((a, b) => a + b, n).getNumPartitions()
  assert.deepEqual([merged(2), merged()], [2, 5])
  context.shuffleParallelism = 3
  assert.equal(merged(), 3)
  context.shuffleParallelism = undefined
})

test('pairs that are spread so already are merged where they are', async () => {
  const spread = context
    .parallelize(['a', 'b', 'a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  const merged = spread.reduceByKey((a, b) => a + b)
  assert.equal(merged.node.kind, 'narrow')
  assert.equal(merged.partitioner?.numPartitions, 3)
  assert.deepEqual(bag(await merged.collect()), [['a', 2], ['b', 1]]) // prettier-ignore
})

test('a value may be undefined', async () => {
  const merged = context
    .parallelize([1, 2], 1)
    .map(() => ['k', undefined])
    .reduceByKey(a => a)
  assert.deepEqual(await merged.collect(), [['k', undefined]])
})
