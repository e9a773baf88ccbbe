import assert from 'node:assert/strict'
import { compareKeys } from '../../codec/index.ts'
import { law, pairs } from './operator-laws.test.ts'

law('keys from lower to upper, both included, in the order of keys', pairs, async ({ rdd, records }) => {
  for (const [lower, upper] of [
    ['', 'a'],
    [null, ''],
    [[1], [2]],
    ['b', 'a'],
  ] as const) {
    const model = records.filter(([key]) => compareKeys(key, lower) >= 0 && compareKeys(key, upper) <= 0)
    assert.deepEqual(await rdd.filterByRange(lower as never, upper as never).collect(), model)
  }
})

law('the partitioner stays', pairs, async ({ rdd }) => {
  const sorted = rdd.sortByKey(true, 2)
  assert.ok(sorted.filterByRange('a', 'b').partitioner?.equals(sorted.partitioner!))
})
