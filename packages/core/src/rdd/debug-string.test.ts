import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestContext } from '../engine/testing/test-context.ts'
import { ReferenceEngine } from '../engine/testing/reference-engine.ts'
import { StorageLevel } from './storage-level.ts'
import type { RDD } from './rdd.ts'

const context = (): TestContext => new TestContext(new ReferenceEngine())

test('a lineage reads as in Spark: newest first, a step to the right for a shuffle', () => {
  const words = context().parallelize(['a'], 2).map(w => [w, 1]) // prettier-ignore
  const counts = words.reduceByKey((a, b) => a + b, 10).setName('counts')
  counts.persist(StorageLevel.MEMORY_AND_DISK_SER)
  assert.equal(
    counts.map(pair => pair).toDebugString(),
    [
      '(10) MapPartitionsRDD[3] at map at test []',
      ' |   counts ShuffledRDD[2] at reduceByKey at test [Disk Memory Serialized 1x Replicated]',
      ' +-(2) MapPartitionsRDD[1] at map at test []',
      '    |  ParallelCollectionRDD[0] at parallelize at test []',
    ].join('\n'),
  )
})

test('several parents, one below the other', () => {
  const c = context()
  const [a, b] = [c.parallelize([1], 1), c.parallelize([2], 1)]
  assert.equal(
    a.union(b).map(n => [n, n]).join(b.map(n => [n, n])).toDebugString(), // prettier-ignore
    [
      '(2) CoGroupedRDD[7] at join at test []',
      ' |  ShuffledRDD[5] at join at test []',
      ' +-(2) MapPartitionsRDD[3] at map at test []',
      '    |  UnionRDD[2] at union at test []',
      '    |  ParallelCollectionRDD[0] at parallelize at test []',
      '    |  ParallelCollectionRDD[1] at parallelize at test []',
      ' |  ShuffledRDD[6] at join at test []',
      ' +-(1) MapPartitionsRDD[4] at map at test []',
      '    |  ParallelCollectionRDD[1] at parallelize at test []',
    ].join('\n'),
  )
})

test('a deep lineage is no problem', () => {
  let rdd: RDD<number> = context().parallelize([1], 1)
  const one = rdd
  for (let i = 0; i < 2_000; i++) rdd = rdd.union(one)
  assert.equal(rdd.toDebugString().split('\n').length, 4_001)
})
