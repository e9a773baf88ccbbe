import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, keys, law, sameKey } from './operator-laws.test.ts'

law('each record once, equal by content', keys, async ({ rdd, records }) => {
  const model = records.filter((r, i) => records.findIndex(other => sameKey(other, r)) === i)
  assert.deepEqual(bag(await rdd.distinct().collect()), bag(model))
  assert.equal(await rdd.distinct(2).count(), model.length)
})

test('pairs that are spread by key stay where they are', async () => {
  const spread = context
    .parallelize(['a', 'a', 'b'], 2)
    .map(w => [w, 1])
    .partitionBy(2)
  assert.equal(spread.distinct().node.kind, 'narrow')
  assert.equal(await spread.distinct().count(), 2)
})
