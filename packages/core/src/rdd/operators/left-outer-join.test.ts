import assert from 'node:assert/strict'
import { bag, law2, pairs, sameKey } from './operator-laws.test.ts'

law2('is the loop over both sides', pairs, pairs, async (a, b) => {
  const partners = (of: readonly (readonly [unknown, number])[], key: unknown): number[] =>
    of.filter(pair => sameKey(pair[0], key)).map(pair => pair[1])
  const both = a.records.flatMap(([key, v]) => partners(b.records, key).map(w => [key, [v, w]]))
  const model = [
    ...both,
    ...a.records.filter(([key]) => partners(b.records, key).length === 0).map(([key, v]) => [key, [v, undefined]]),
  ]
  assert.deepEqual(bag(await a.rdd.leftOuterJoin(b.rdd, 2).collect()), bag(model))
})
