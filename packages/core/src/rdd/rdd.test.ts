import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context } from './operators/operator-laws.test.ts'

test('the partitions are numbered', () => {
  assert.deepEqual(context.parallelize([1], 3).partitions, [{ index: 0 }, { index: 1 }, { index: 2 }])
  assert.deepEqual(context.partitions([]).partitions, [])
})

test('the dependencies are the datasets it was made of', () => {
  const [a, b] = [context.parallelize([1], 1), context.parallelize([2], 1)]
  assert.deepEqual(a.union(b).dependencies.map(({ id }) => id), [a.id, b.id]) // prettier-ignore
  assert.deepEqual(a.dependencies, [])
})

test('coalesce makes more partitions only with a shuffle, said in either form', () => {
  const two = context.parallelize([1, 2], 2)
  const made = [two.coalesce(5), two.coalesce(5, true), two.coalesce(5, { shuffle: true }), two.coalesce(5, {})]
  assert.deepEqual(made.map(rdd => rdd.getNumPartitions()), [2, 5, 5, 2]) // prettier-ignore
})
