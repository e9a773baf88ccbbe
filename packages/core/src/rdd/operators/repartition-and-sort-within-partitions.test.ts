import assert from 'node:assert/strict'
import { compareKeys } from '../../codec/index.ts'
import { CustomPartitioner } from '../partitioners/custom-partitioner.ts'
import { law, numbers } from './operator-laws.test.ts'

law('each partition has its keys, in order, equal ones as they came', numbers, async ({ rdd, records }) => {
  const pairs = rdd.zipWithIndex()
  const partitioner = new CustomPartitioner(3, (n: number) => Math.abs(n) % 3)
  const sorted = pairs.repartitionAndSortWithinPartitions(partitioner)
  const model = [0, 1, 2].map(partition =>
    records
      .map((n, i) => [n, i] as const)
      .filter(([n]) => Math.abs(n) % 3 === partition)
      .sort((a, b) => compareKeys(a[0], b[0])),
  )
  assert.deepEqual(await sorted.glom().collect(), model)
  assert.ok(sorted.partitioner?.equals(partitioner))
})
