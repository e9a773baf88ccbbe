import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bag, context, law, numbers } from './operator-laws.test.ts'

test('neighbours are put together, cut as Spark cuts', async () => {
  const rdd = context.partitions([[1], [2], [3], [4], [5]])
  assert.deepEqual(await rdd.coalesce(3).glom().collect(), [[1], [2, 3], [4, 5]])
})

test('never makes more partitions than there are', () => {
  assert.equal(context.parallelize([1], 2).coalesce(4).getNumPartitions(), 2)
  assert.equal(context.parallelize([1], 2).coalesce(4, true).getNumPartitions(), 4)
})

law('keeps the records and their order', numbers, async ({ rdd, records }) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), async n => {
      assert.deepEqual(await rdd.coalesce(n).collect(), records)
      assert.equal(rdd.coalesce(n).getNumPartitions(), Math.min(n, rdd.getNumPartitions()))
    }),
    { numRuns: 3 },
  )
})

law('repartition keeps the records and shares them out evenly', numbers, async ({ rdd, records, partitions }) => {
  const parts = await rdd.repartition(3).glom().collect()
  assert.deepEqual(bag(parts.flat()), bag(records))
  const sizes = parts.map(part => part.length)
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= partitions.length, String(sizes))
})

test('fewer than one partition is refused', () => {
  const message = /^Number of partitions \(0\) must be positive\./
  assert.throws(() => context.parallelize([1], 1).repartition(0), { code: 'PARTITION_COUNT', message })
  assert.throws(() => context.parallelize([1], 1).coalesce(-1), { code: 'PARTITION_COUNT' })
  assert.throws(() => context.parallelize([1], 1).coalesce(1.5), { code: 'PARTITION_COUNT' })
})
