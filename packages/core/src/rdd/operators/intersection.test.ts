import assert from 'node:assert/strict'
import { bag, keys, law2, sameKey } from './operator-laws.test.ts'

law2('records of both, each once', keys, keys, async (a, b) => {
  const common = a.records.filter(r => b.records.some(other => sameKey(other, r)))
  const model = common.filter((r, i) => common.findIndex(other => sameKey(other, r)) === i)
  assert.deepEqual(bag(await a.rdd.intersection(b.rdd).collect()), bag(model))
})
