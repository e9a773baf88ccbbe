import assert from 'node:assert/strict'
import { law, numbers } from './operator-laws.test.ts'

law('is an array for each partition', numbers, async ({ rdd, partitions }) => {
  assert.deepEqual(await rdd.glom().collect(), partitions)
})
