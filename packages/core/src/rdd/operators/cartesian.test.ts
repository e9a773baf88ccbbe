import assert from 'node:assert/strict'
import { law2, numbers } from './operator-laws.test.ts'

law2('every pair, a partition for each pair of partitions', numbers, numbers, async (a, b) => {
  const model = a.partitions.flatMap(p => b.partitions.map(q => p.flatMap(x => q.map(y => [x, y]))))
  assert.deepEqual(await a.rdd.cartesian(b.rdd).glom().collect(), model)
})
