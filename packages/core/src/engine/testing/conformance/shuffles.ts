import assert from 'node:assert/strict'
import { CustomPartitioner } from '../../../rdd/partitioners/custom-partitioner.ts'
import { sorted, type Facts } from './suite.ts'

/** Keys, merging, order, joins. */
export const shuffleFacts: Facts = {
  'values of a key are merged, wherever they come from': async ({ context }) => {
    const pairs = context.parallelize(['a', 'b', 'a', 'c', 'b', 'a'], 4).map(word => [word, 1])
    const counts = await pairs.reduceByKey((a, b) => a + b, 3).collect()
    assert.deepEqual(sorted(counts), [['a', 3], ['b', 2], ['c', 1]]) // prettier-ignore
  },
  'keys are equal by content: arrays, objects, dates, NaN, bigints': async ({ context }) => {
    const keys = () => [[1, 'x'], { a: [2] }, new Date(5), NaN, 0, 10n, null, undefined, 'text', true]
    const pairs = context.parallelize([...keys(), ...keys(), ...keys()], 3).map(key => [key, 1])
    const merged = await pairs.reduceByKey((a, b) => a + b, 4).collect()
    assert.equal(merged.length, keys().length)
    assert.ok(merged.every(([, count]) => count === 3))
  },
  'different keys of the same look stay apart': async ({ context }) => {
    const pairs = context.parallelize([1, '1', 1n, [1], '[1]', true, 'true', null, 'null'], 2).map(key => [key, 1])
    assert.equal(await pairs.reduceByKey((a, b) => a + b).count(), 9)
  },
  'instances of a class keep their class through a shuffle': async ({ context }) => {
    class Point {
      readonly x: number
      constructor(x: number) {
        this.x = x
      }
      twice(): number {
        return this.x * 2
      }
    }
    const pairs = context.parallelize([1, 2, 1], 2).map(x => [new Point(x), new Point(x)])
    const merged = pairs.groupByKey(2).map(([key, points]) => [key.twice(), points.map(p => p.twice())])
    assert.deepEqual(sorted(await merged.collect()), [[2, [2, 2]], [4, [4]]]) // prettier-ignore
  },
  'groupByKey keeps the order of partitions and records': async ({ context }) => {
    const pairs = context.parallelize([1, 2, 3, 4, 5, 6], 3).map(n => ['k', n])
    assert.deepEqual(await pairs.groupByKey(2).collect(), [['k', [1, 2, 3, 4, 5, 6]]])
  },
  'a merge that changes its first argument harms no second job': async ({ context }) => {
    const grouped = context
      .parallelize([1, 2, 3, 4], 2)
      .map(n => [n % 2, n])
      .groupByKey(1)
    const first = await grouped.collect()
    assert.deepEqual(await grouped.collect(), first)
    const merged = grouped.mapValues(list => list.push(0))
    await merged.collect()
    assert.deepEqual(await grouped.collect(), first)
  },
  'without map-side combining every value reaches mergeValue after the shuffle': async ({ context }) => {
    const pairs = context.parallelize([1, 2, 3, 4], 4).map(n => ['k', n])
    const one = (mapSideCombine: boolean) =>
      pairs.combineByKey(v => `${v}`, (c, v) => `${c}+${v}`, (a, b) => `(${a}|${b})`, { partitioner: 1, mapSideCombine }).collect() // prettier-ignore
    assert.deepEqual(await one(false), [['k', '1+2+3+4']])
    assert.deepEqual(await one(true), [['k', '(((1|2)|3)|4)']])
  },
  'sorted partitions, ascending and descending, equal keys as they came': async ({ context }) => {
    const pairs = context.parallelize([3, 1, 2, 1, 3], 2).zipWithIndex()
    assert.deepEqual(await pairs.sortByKey(true, 3).collect(), [[1, 1], [1, 3], [2, 2], [3, 0], [3, 4]]) // prettier-ignore
    assert.deepEqual(await pairs.sortByKey(false, 3).collect(), [[3, 0], [3, 4], [2, 2], [1, 1], [1, 3]]) // prettier-ignore
  },
  'range partitions follow one another and share the records': async ({ context }) => {
    const records = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000)
    const parts = await context
      .parallelize(records, 5)
      .sortBy(n => n, true, 4)
      .glom()
      .collect()
    assert.deepEqual(
      parts.flat(),
      records.toSorted((a, b) => a - b),
    )
    assert.ok(
      parts.every(part => part.length > 100),
      `${parts.map(part => part.length)}`,
    )
  },
  'a custom partitioner places the keys': async ({ context }) => {
    const byLength = new CustomPartitioner(3, (word: string) => word.length % 3)
    const placed = context
      .parallelize(['a', 'bb', 'ccc', 'dddd'], 2)
      .map(word => [word, 0])
      .partitionBy(byLength)
      .keys()
    assert.deepEqual(await placed.glom().collect(), [['ccc'], ['a', 'dddd'], ['bb']])
  },
  'a partitioner that answers nonsense fails the job': async ({ context }) => {
    const wrong = [() => 3, () => -1, () => 0.5, () => NaN, () => undefined as unknown as number]
    for (const partition of wrong) {
      const spread = context
        .parallelize([1], 1)
        .map(n => [n, n])
        .partitionBy(new CustomPartitioner(3, partition))
      await assert.rejects(spread.count(), /The partitioner gave/)
    }
  },
  'joins of every kind; what is spread alike is not spread again': async ({ context }) => {
    const left = context.parallelize([['a', 1], ['a', 2], ['b', 3]] as [string, number][], 2).reduceByKey((a, b) => a + b, 3) // prettier-ignore
    const right = context.parallelize([['a', 'x'], ['c', 'y']] as [string, string][], 1) // prettier-ignore
    assert.deepEqual(await left.join(right).collect(), [['a', [3, 'x']]])
    assert.deepEqual(sorted(await left.leftOuterJoin(right).collect()), [['a', [3, 'x']], ['b', [3, undefined]]]) // prettier-ignore
    assert.deepEqual(sorted(await left.rightOuterJoin(right).collect()), [['a', [3, 'x']], ['c', [undefined, 'y']]]) // prettier-ignore
    assert.equal(await left.fullOuterJoin(right).count(), 3)
    assert.deepEqual(sorted(await left.cogroup(right).collect()), [['a', [[3], ['x']]], ['b', [[3], []]], ['c', [[], ['y']]]]) // prettier-ignore
    assert.equal(left.join(right).node.parents[0], left.node)
  },
  'a partition of a shuffle may be read by several tasks': async ({ context }) => {
    const indexed = context.parallelize(['a', 'b', 'c', 'd', 'e'], 3).zipWithIndex()
    assert.deepEqual(await indexed.collect(), [['a', 0], ['b', 1], ['c', 2], ['d', 3], ['e', 4]]) // prettier-ignore
  },
  'a shuffle of a shuffle of a shuffle': async ({ context }) => {
    const words = context.parallelize('the quick the lazy the dog dog'.split(' '), 3)
    const byCount = words.map(w => [w, 1]).reduceByKey((a, b) => a + b).map(([w, n]) => [n, w]).groupByKey().sortByKey(false, 1) // prettier-ignore
    assert.deepEqual(await byCount.mapValues(ws => [...ws].sort()).collect(), [[3, ['the']], [2, ['dog']], [1, ['lazy', 'quick']]]) // prettier-ignore
  },
  'many records and many keys': async ({ context }) => {
    const pairs = context.source<number>({ kind: 'range', start: 0, end: 20_000, step: 1 }, 4).map(n => [n % 5000, 1])
    const counts = await pairs
      .reduceByKey((a, b) => a + b, 3)
      .values()
      .countByValue()
    assert.deepEqual([...counts], [[4, 5000]])
  },
}
