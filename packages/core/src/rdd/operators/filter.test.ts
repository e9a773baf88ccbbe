import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('is filter of arrays', numbers, async ({ rdd, partitions }) => {
  assert.deepEqual(await rdd.filter(n => n > 0).glom().collect(), partitions.map(part => part.filter(n => n > 0))) // prettier-ignore
})

test('what is truthy passes, as in JavaScript', async () => {
  const some = context.parallelize(['', 'a', '0'], 2).filter(text => text as unknown as boolean)
  assert.deepEqual(await some.collect(), ['a', '0'])
})

test('keys stay where they are', () => {
  const spread = context
    .parallelize(['a'], 2)
    .map(w => [w, 1])
    .partitionBy(3)
  assert.equal(spread.filter(() => true).partitioner?.numPartitions, 3)
})
