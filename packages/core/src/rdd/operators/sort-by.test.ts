import assert from 'node:assert/strict'
import { law, numbers } from './operator-laws.test.ts'

law('sorted by what the function gives', numbers, async ({ rdd, records }) => {
  const model = records.toSorted((a, b) => Math.abs(a) - Math.abs(b))
  assert.deepEqual(await rdd.sortBy(n => Math.abs(n)).collect(), model)
  assert.deepEqual(await rdd.sortBy(n => n, false, 2).collect(), records.toSorted((a, b) => b - a)) // prettier-ignore
})
