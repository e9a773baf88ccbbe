import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareKeys } from '../../codec/index.ts'
import { context, law, pairs } from './operator-laws.test.ts'

for (const ascending of [true, false]) {
  law(
    `sorted over all partitions, equal keys as they came, ascending: ${ascending}`,
    pairs,
    async ({ rdd, records }) => {
      const sign = ascending ? 1 : -1
      const model = records.toSorted((a, b) => compareKeys(a[0], b[0]) * sign)
      assert.deepEqual(await rdd.sortByKey(ascending, 3).collect(), model)
    },
  )
}

test('samples once for any number of jobs, and not at all for one partition', async () => {
  const sortedOnce = context
    .parallelize([3, 1, 2], 2)
    .map(n => [n, n])
    .sortByKey(true, 2)
  const before = context.lastJobId
  await sortedOnce.count()
  await sortedOnce.count()
  assert.equal(context.lastJobId - before, 3)
  await context
    .parallelize([2, 1], 2)
    .map(n => [n, n])
    .sortByKey(true, 1)
    .count()
  assert.equal(context.lastJobId - before, 4)
})

test('a sorted dataset of a sorted dataset', async () => {
  const rdd = context
    .parallelize([3, 1, 2, 5, 4], 3)
    .map(n => [n, -n])
    .sortByKey(true, 2)
    .map(([n, m]) => [m, n])
  assert.deepEqual(await rdd.sortByKey(true, 2).values().collect(), [5, 4, 3, 2, 1])
})

test('datasets spread by the same cuts are joined without a shuffle', async () => {
  const ranged = context
    .parallelize(['c', 'a', 'b'], 2)
    .map(w => [w, 1])
    .sortByKey(true, 2)
  const joined = ranged.mapValues(n => n + 1).join(ranged)
  assert.deepEqual(joined.node.parents.map(parent => parent.operator), ['mapValues', 'sortByKey']) // prettier-ignore
  assert.deepEqual(await joined.collect(), [['a', [2, 1]], ['b', [2, 1]], ['c', [2, 1]]]) // prettier-ignore
})
