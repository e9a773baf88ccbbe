import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('first with first, partition by partition', numbers, async ({ rdd, partitions }) => {
  assert.deepEqual(await rdd.zip(rdd.map(n => -n)).glom().collect(), partitions.map(part => part.map(n => [n, -n]))) // prettier-ignore
})

test('different numbers of partitions are refused at once', () => {
  const message = /^Can't zip RDDs with unequal numbers of partitions: List\(2, 3\)/
  assert.throws(() => context.parallelize([1], 2).zip(context.parallelize([1], 3)), { message })
})

test('different numbers of records fail the job, on either side', async () => {
  const [two, one] = [context.partitions([[1, 2]]), context.partitions([[1]])]
  const message = /Can only zip RDDs with same number of elements in each partition/
  await assert.rejects(two.zip(one).count(), { message })
  await assert.rejects(one.zip(two).count(), { message })
})
