import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, groupsOf, law, pairs, sameKey } from './operator-laws.test.ts'

law('a handful of values is counted exactly, or nearly so', pairs, async ({ rdd, records }) => {
  const counted = await rdd.countApproxDistinctByKey(0.01).collect()
  const groups = groupsOf(records)
  assert.equal(counted.length, groups.length)
  for (const [key, count] of counted) {
    const values = groups.find(([other]) => sameKey(key, other))![1]
    assert.equal(count, new Set(values).size)
  }
})

test('thousands of values are counted about right', async () => {
  const rdd = context.parallelize(Array.from({ length: 20_000 }, (_, i) => ['k', i % 5000] as [string, number]), 3) // prettier-ignore
  const [[, count]] = (await rdd.countApproxDistinctByKey(0.02, 2).collect()) as [[string, number]]
  assert.ok(Math.abs(count / 5000 - 1) < 0.06, String(count))
})
