import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

test('one record for each, in its place', async () => {
  assert.deepEqual(await context.partitions([[1, 2], [], [3]]).map(n => n * 2).glom().collect(), [[2, 4], [], [6]]) // prettier-ignore
})

law('is map of arrays, partition by partition', numbers, async ({ rdd, partitions }) => {
  assert.deepEqual(await rdd.map(n => n * n + 1).glom().collect(), partitions.map(part => part.map(n => n * n + 1))) // prettier-ignore
})

test('forgets how pairs were spread: the keys may have changed', () => {
  const spread = context
    .parallelize(['a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  assert.equal(spread.map(pair => pair).partitioner, undefined)
})

test('an async function is refused at once', () => {
  assert.throws(() => context.parallelize([1], 1).map(async n => n), { code: 'ASYNC_FUNCTION_NOT_ALLOWED' })
})
