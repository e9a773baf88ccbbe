import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law2, numbers } from './operator-laws.test.ts'

law2('is one behind the other', numbers, numbers, async (a, b) => {
  assert.deepEqual(await a.rdd.union(b.rdd).glom().collect(), [...a.partitions, ...b.partitions])
})

test('parents that are spread alike are put together partition by partition', async () => {
  const spread = (words: string[]) =>
    context
      .parallelize(words, 2)
      .map(w => [w, 1])
      .partitionBy(3)
  const [a, b] = [spread(['x', 'y']), spread(['x'])]
  const both = a.union(b)
  assert.equal(both.getNumPartitions(), 3)
  assert.equal(both.partitioner?.numPartitions, 3)
  assert.equal(both.reduceByKey((p, q) => p + q).node.kind, 'narrow')
  assert.equal(await both.count(), 3)
})

test('parents that are spread differently are not', () => {
  const spread = (n: number) =>
    context
      .parallelize(['x'], 2)
      .map(w => [w, 1])
      .partitionBy(n)
  assert.equal(spread(3).union(spread(2)).getNumPartitions(), 5)
  assert.equal(spread(3).union(spread(2)).partitioner, undefined)
})
