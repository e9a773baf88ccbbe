import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, groupsOf, law, pairs } from './operator-laws.test.ts'

test('the zero counts once for each key and partition', async () => {
  const pairs = context.parallelize([['a', 1], ['b', 2], ['a', 3], ['a', 4]] as [string, number][], 4) // prettier-ignore
  assert.deepEqual(bag(await pairs.foldByKey(10, (a, b) => a + b).collect()), [['a', 38], ['b', 12]]) // prettier-ignore
})

law('with a neutral zero it is reduceByKey', pairs, async ({ rdd, records }) => {
  const model = groupsOf(records).map(([key, values]) => [key, values.reduce((a, b) => a + b)])
  assert.deepEqual(bag(await rdd.foldByKey(0, (a, b) => a + b, 2).collect()), bag(model))
})
