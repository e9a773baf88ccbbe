import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, pairs } from './operator-laws.test.ts'

law('changes the values only', pairs, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.mapValues(n => n + 1).collect(), records.map(([key, n]) => [key, n + 1])) // prettier-ignore
})

test('keys stay where they are', () => {
  const spread = context
    .parallelize(['a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  assert.equal(spread.mapValues(n => n).partitioner?.numPartitions, 3)
})
