import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, groupsOf, law2, pairs, sameKey } from './operator-laws.test.ts'

law2('all values of each key, side by side', pairs, pairs, async (a, b) => {
  const valuesOf = (records: readonly (readonly [unknown, number])[], key: unknown): number[] =>
    records.filter(pair => sameKey(pair[0], key)).map(pair => pair[1])
  const model = groupsOf([...a.records, ...b.records]).map(([key]) => [
    key,
    [valuesOf(a.records, key), valuesOf(b.records, key)],
  ])
  assert.deepEqual(bag(await a.rdd.cogroup(b.rdd, 2).collect()), bag(model))
})

test('three and four datasets', async () => {
  const one = (key: string, value: number) => context.parallelize([[key, value] as [string, number]], 1)
  const [a, b, c, d] = [one('x', 1), one('x', 2), one('y', 3), one('y', 4)]
  assert.deepEqual(bag(await a.cogroup(b, c).collect()), [['x', [[1], [2], []]], ['y', [[], [], [3]]]]) // prettier-ignore
  assert.deepEqual(bag(await a.groupWith(b, c, d).collect()), [['x', [[1], [2], [], []]], ['y', [[], [], [3], [4]]]]) // prettier-ignore
  assert.equal(a.cogroup(b, c, 7).getNumPartitions(), 7)
})
