import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { context } from '../operators/operator-laws.test.ts'
import { compareKeys } from '../../codec/index.ts'
import { CustomPartitioner } from './custom-partitioner.ts'
import { HashPartitioner } from './hash-partitioner.ts'
import { partitionOf } from './partition-of.ts'
import { RangePartitioner } from './range-partitioner.ts'

const none = (): never => {
  throw new Error('nothing to instantiate')
}

test('a hash partition is in range and depends on the content of the key only', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), (key, n) => {
      const partition = new HashPartitioner(n).getPartition(key)
      assert.ok(Number.isInteger(partition) && partition >= 0 && partition < n)
      assert.equal(partitionOf({ kind: 'hash', numPartitions: n }, none)(structuredClone(key)), partition)
    }),
  )
})

test('a range partition is the number of bounds before the key, in either order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { maxLength: 6 }), fc.integer(), fc.boolean(), (keys, key, ascending) => {
      const sign = ascending ? 1 : -1
      const bounds = keys.toSorted((a, b) => compareKeys(a, b) * sign)
      const spec = { kind: 'range', numPartitions: keys.length + 1, ascending, sampled: 0, bounds } as const
      assert.equal(partitionOf(spec, none)(key), bounds.filter(bound => compareKeys(bound, key) * sign < 0).length)
    }),
  )
})

test('partitioners are equal when they spread alike', () => {
  const pairs = context.parallelize([1], 1).map(n => [n, n])
  const byParity = (n: number): number => n % 2
  assert.ok(new HashPartitioner(2).equals(new HashPartitioner(2)))
  assert.ok(!new HashPartitioner(2).equals(new HashPartitioner(3)))
  assert.ok(new RangePartitioner(2, pairs).equals(new RangePartitioner(2, pairs)))
  assert.ok(!new RangePartitioner(2, pairs).equals(new RangePartitioner(2, pairs, false)))
  assert.ok(new CustomPartitioner(2, byParity).equals(new CustomPartitioner(2, byParity)))
  assert.ok(!new CustomPartitioner(2, byParity).equals(new CustomPartitioner(2, (n: number) => n % 3)))
})

test('a broken number of partitions is refused', () => {
  for (const n of [-1, 1.5, NaN]) assert.throws(() => new HashPartitioner(n), { code: 'PARTITION_COUNT' })
  assert.throws(() => new HashPartitioner(-1), { message: /^Number of partitions \(-1\) cannot be negative\./ })
})

test('a partitioner of the user without partitions is refused: it would drop every record', () => {
  assert.throws(() => new CustomPartitioner(0, () => 0), { code: 'PARTITION_COUNT' })
})
