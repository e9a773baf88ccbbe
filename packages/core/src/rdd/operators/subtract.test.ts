import assert from 'node:assert/strict'
import { bag, keys, law2, sameKey } from './operator-laws.test.ts'

law2('records that the other has not, as often as they come', keys, keys, async (a, b) => {
  const model = a.records.filter(r => !b.records.some(other => sameKey(other, r)))
  assert.deepEqual(bag(await a.rdd.subtract(b.rdd).collect()), bag(model))
  assert.equal(a.rdd.subtract(b.rdd).getNumPartitions(), a.rdd.getNumPartitions())
})
