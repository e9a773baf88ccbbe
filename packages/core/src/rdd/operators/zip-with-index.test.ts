import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('counts over all partitions', numbers, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.zipWithIndex().collect(), records.map((n, i) => [n, i])) // prettier-ignore
})

test('runs no job when it is applied', () => {
  const before = context.lastJobId
  context.parallelize([1], 2).zipWithIndex()
  assert.equal(context.lastJobId, before)
})
