import assert from 'node:assert/strict'
import { bag, law2, pairs, sameKey } from './operator-laws.test.ts'

law2('pairs whose key the other has not', pairs, pairs, async (a, b) => {
  const model = a.records.filter(([key]) => !b.records.some(pair => sameKey(pair[0], key)))
  assert.deepEqual(bag(await a.rdd.subtractByKey(b.rdd).collect()), bag(model))
})
