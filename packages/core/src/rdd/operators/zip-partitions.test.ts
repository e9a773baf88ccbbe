import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('a function of partitions side by side', numbers, async ({ rdd, partitions }) => {
  const doubled = rdd.map(n => n * 2)
  const joined = rdd.zipPartitions(doubled, doubled, doubled, (a, b, c, d) => [
    [...a, ...b, ...c, ...d].reduce((x, y) => x + y, 0),
  ])
  const model = partitions.map(part => part.reduce((x, y) => x + y * 7, 0))
  assert.deepEqual(await joined.collect(), model)
})

test('any Iterable will do, a generator too', async () => {
  const rdd = context.partitions([[1, 2], [3]])
  const merged = rdd.zipPartitions(rdd.map(String), function* (own, other) {
    yield* own
    yield* other
  })
  assert.deepEqual(await merged.glom().collect(), [[1, 2, '1', '2'], [3, '3']]) // prettier-ignore
})

test('what is known of the keys holds on where it is said', () => {
  const rdd = context.parallelize([1, 2], 2).map(n => [n, n]).partitionBy(2) // prettier-ignore
  const other = context.parallelize([1], 2)
  assert.equal(rdd.zipPartitions(other, own => own).partitioner, undefined)
  assert.deepEqual(rdd.zipPartitions(other, own => own, true).partitioner?.spec, rdd.partitioner?.spec)
})

test('different numbers of partitions are refused at once', () => {
  const message = /^Can't zip RDDs with unequal numbers of partitions: List\(2, 2, 3\)/
  const [two, three] = [context.parallelize([1], 2), context.parallelize([1], 3)]
  assert.throws(() => two.zipPartitions(two, three, a => a), { code: 'ZIP_PARTITIONS_DIFFER', message })
})
