import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, pairs } from './operator-laws.test.ts'

law('gives a pair for each new value', pairs, async ({ rdd, records }) => {
  const some = (n: number): number[] => (n > 0 ? [n, -n] : [])
  assert.deepEqual(await rdd.flatMapValues(some).collect(), records.flatMap(([key, n]) => some(n).map(v => [key, v]))) // prettier-ignore
})

test('keys stay where they are', () => {
  const spread = context
    .parallelize(['a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  assert.equal(spread.flatMapValues(n => [n]).partitioner?.numPartitions, 3)
})
