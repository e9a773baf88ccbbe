import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HashPartitioner } from '../partitioners/hash-partitioner.ts'
import { bag, context, law, pairs } from './operator-laws.test.ts'

law('keeps the pairs, equal keys in one partition', pairs, async ({ rdd, records }) => {
  const parts = await rdd.partitionBy(3).glom().collect()
  assert.deepEqual(bag(parts.flat()), bag(records))
  const { getPartition } = { getPartition: (key: unknown) => new HashPartitioner(3).getPartition(key) }
  parts.forEach((part, i) => part.forEach(([key]) => assert.equal(getPartition(key), i)))
})

test('what is spread so already is left as it is', () => {
  const spread = context
    .parallelize(['a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  assert.equal(spread.partitionBy(new HashPartitioner(3)).node, spread.node)
  assert.notEqual(spread.partitionBy(2).node, spread.node)
})
