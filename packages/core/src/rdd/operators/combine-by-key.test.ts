import assert from 'node:assert/strict'
import { bag, groupsOf, law, pairs } from './operator-laws.test.ts'

for (const mapSideCombine of [true, false]) {
  law(`makes lists of values, combining before the shuffle: ${mapSideCombine}`, pairs, async ({ rdd, records }) => {
    const lists = rdd.combineByKey(v => [v], (c, v) => [...c, v], (a, b) => [...a, ...b], { partitioner: 2, mapSideCombine }) // prettier-ignore
    assert.deepEqual(bag(await lists.collect()), bag(groupsOf(records)))
  })
}
