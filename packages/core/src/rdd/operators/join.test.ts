import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, law2, pairs, sameKey } from './operator-laws.test.ts'

law2('is the loop over both sides', pairs, pairs, async (a, b) => {
  const partners = (of: readonly (readonly [unknown, number])[], key: unknown): number[] =>
    of.filter(pair => sameKey(pair[0], key)).map(pair => pair[1])
  const model = a.records.flatMap(([key, v]) => partners(b.records, key).map(w => [key, [v, w]]))
  assert.deepEqual(bag(await a.rdd.join(b.rdd, 2).collect()), bag(model))
})

test('the partitions of the larger parent, or those of a parent that is spread already', () => {
  const pairs = (n: number) => context.parallelize(['a'], n).map(w => [w, 1])
  assert.equal(pairs(2).join(pairs(5)).getNumPartitions(), 5)
  assert.equal(pairs(9).join(pairs(2).partitionBy(3)).getNumPartitions(), 3)
  assert.equal(pairs(90).join(pairs(2).partitionBy(3)).getNumPartitions(), 90)
})
