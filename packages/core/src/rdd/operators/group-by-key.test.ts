import assert from 'node:assert/strict'
import { bag, groupsOf, law, pairs } from './operator-laws.test.ts'

law('the values of each key, in order', pairs, async ({ rdd, records }) => {
  assert.deepEqual(bag(await rdd.groupByKey(2).collect()), bag(groupsOf(records)))
})
