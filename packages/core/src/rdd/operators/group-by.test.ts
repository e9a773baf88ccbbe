import assert from 'node:assert/strict'
import { bag, groupsOf, law, numbers } from './operator-laws.test.ts'

law('the records of each key, in order', numbers, async ({ rdd, records }) => {
  const model = groupsOf(records.map(n => [Math.abs(n) % 3, n] as const))
  assert.deepEqual(bag(await rdd.groupBy(n => Math.abs(n) % 3, 2).collect()), bag(model))
})
