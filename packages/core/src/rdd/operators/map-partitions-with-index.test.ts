import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('gives the index of the partition, then its records', numbers, async ({ rdd, partitions }) => {
  const tagged = rdd.mapPartitionsWithIndex((i, records) => Array.from(records, n => [i, n]))
  assert.deepEqual(await tagged.collect(), partitions.flatMap((part, i) => part.map(n => [i, n]))) // prettier-ignore
})

test('an async function is awaited', async () => {
  const rdd = context.partitions([[1], [2]]).mapPartitionsWithIndex(async (i, records) => [[i, ...records]])
  assert.deepEqual(await rdd.collect(), [[0, 1], [1, 2]]) // prettier-ignore
})
