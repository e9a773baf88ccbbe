import assert from 'node:assert/strict'
import { law, numbers } from './operator-laws.test.ts'

law('of n partitions, partition k counts k, k + n, k + 2n', numbers, async ({ rdd, partitions }) => {
  const model = partitions.flatMap((part, k) => part.map((n, i) => [n, k + i * partitions.length]))
  assert.deepEqual(await rdd.zipWithUniqueId().collect(), model)
})
