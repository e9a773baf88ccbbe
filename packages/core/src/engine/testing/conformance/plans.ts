import assert from 'node:assert/strict'
import fs from 'node:fs'
import { builtin, capture } from '../../../closures/index.ts'
import { encodeRecords } from '../../../codec/index.ts'
import type { RDD } from '../../../rdd/rdd.ts'
import type { TextSplit } from '../../../rdd/plan/source-spec.ts'
import type { Facts } from './suite.ts'

const shared = (text: string): Uint8Array<SharedArrayBuffer> => {
  const bytes = new Uint8Array(new SharedArrayBuffer(Buffer.byteLength(text)))
  bytes.set(Buffer.from(text))
  return bytes
}

/** Sources, narrow steps, concatenations and zips. */
export const planFacts: Facts = {
  'values arrive as they were, in their partitions': async ({ context }) => {
    const partitions: unknown[][] = [
      [1, null, undefined, NaN, -0],
      [],
      ['x', [1, ['y']], { a: 1 }, new Date(7), 12n, new Map([[1, 2]])],
    ]
    assert.deepEqual(await context.partitions(partitions).glom().collect(), partitions)
  },
  'a range is made in the tasks, forwards and backwards': async ({ context }) => {
    const range = (start: number, end: number, step: number): RDD<number> =>
      context.source({ kind: 'range', start, end, step }, 3)
    assert.deepEqual(await range(0, 10, 3).glom().collect(), [[0], [3], [6, 9]])
    assert.deepEqual(await range(5, 0, -2).glom().collect(), [[5], [3], [1]])
    assert.deepEqual(await range(5, 5, 1).glom().collect(), [[], [], []])
  },
  'blocks of lines end lines at \\n, \\r\\n and \\r': async ({ context }) => {
    const block = { id: 'b', bytes: shared('a\nb\r\nc\r\rlast'), records: 5, format: 'lines' } as const
    assert.deepEqual(await context.source({ kind: 'blocks', blocks: [block] }, 1).collect(), [
      'a',
      'b',
      'c',
      '',
      'last',
    ])
  },
  'blocks of records give the records': async ({ context }) => {
    const block = { id: 'r', bytes: encodeRecords([['k', 1], 'text']), records: 2, format: 'records' } as const
    assert.deepEqual(await context.source({ kind: 'blocks', blocks: [block] }, 1).collect(), [['k', 1], 'text'])
  },
  'every line of a text file is in one split, wherever the cut is': async ({ context, file }) => {
    const name = file()
    const text = 'first\nsecond\r\n\nfourth\rfifth'
    fs.writeFileSync(name, text)
    const lines = ['first', 'second', '', 'fourth', 'fifth']
    for (let cut = 0; cut <= text.length; cut++) {
      const splits: TextSplit[] = [
        { path: name, start: 0, length: cut },
        { path: name, start: cut, length: text.length - cut },
      ]
      assert.deepEqual(await context.source({ kind: 'text', splits }, 2).collect(), lines, `cut at ${cut}`)
    }
  },
  'a reader may give an array, a generator, or a promise of either': async ({ context }) => {
    async function* counting(to: number): AsyncGenerator<number> {
      for (let i = 1; i <= to; i++) yield i
    }
    const readers = [(n: number) => [n], (n: number) => counting(n), async (n: number) => [n, n]]
    const all = readers.map(read =>
      context.source(
        { kind: 'reader', splits: [2, 1], read: capture(read, { operator: 'reader', async: 'allowed' }) },
        2,
      ),
    )
    assert.deepEqual(await Promise.all(all.map(rdd => rdd.collect())), [
      [2, 1],
      [1, 2, 1],
      [2, 2, 1, 1],
    ])
  },
  'map, filter and flatMap work record by record, in order': async ({ context }) => {
    const numbers = context.parallelize([1, 2, 3, 4, 5], 2)
    function* twice(n: number): Generator<number> {
      yield n
      yield n * 10
    }
    assert.deepEqual(await numbers.map(n => n * n).collect(), [1, 4, 9, 16, 25])
    assert.deepEqual(await numbers.filter(n => n % 2 === 1).collect(), [1, 3, 5])
    assert.deepEqual(await numbers.flatMap(n => [n, n]).count(), 10)
    assert.deepEqual(await numbers.flatMap(twice).take(4), [1, 10, 2, 20])
    assert.deepEqual(await numbers.flatMap(n => 'x'.repeat(n % 3)).collect(), ['x', 'x', 'x', 'x', 'x', 'x'])
  },
  'mapPartitions gets an iterator with the index of the partition': async ({ context }) => {
    const tagged = context
      .parallelize(['a', 'b', 'c'], 2)
      .mapPartitionsWithIndex((i, records) => records.map(r => [i, r]))
    assert.deepEqual(await tagged.collect(), [[0, 'a'], [1, 'b'], [1, 'c']]) // prettier-ignore
  },
  'steps before, between and after a mapPartitions are one computation': async ({ context }) => {
    const rdd = context.parallelize([3, 1, 2], 1).map(n => n * 2)
    const sortedInside = rdd.mapPartitions(records => [...records].sort((a, b) => a - b)).filter(n => n > 2)
    assert.deepEqual(await sortedInside.map(n => `${n}`).collect(), ['4', '6'])
  },
  'an async mapPartitions is awaited, an async generator too': async ({ context }) => {
    const numbers = context.parallelize([1, 2, 3], 2)
    const awaited = numbers.mapPartitions(async records => {
      await Promise.resolve()
      return [...records].map(n => -n)
    })
    async function* half(records: Iterable<number>): AsyncGenerator<number> {
      for (const n of records) yield n / 2
    }
    assert.deepEqual(await awaited.map(n => n * 2).collect(), [-2, -4, -6])
    assert.deepEqual(await numbers.mapPartitions(half).collect(), [0.5, 1, 1.5])
  },
  'a union is its parents one behind the other; a dataset may be its own brother': async ({ context }) => {
    const [a, b] = [context.parallelize([1, 2], 2), context.parallelize([3], 1)]
    assert.deepEqual(await a.union(b).union(a).glom().collect(), [[1], [2], [3], [1], [2]])
  },
  'coalesce puts neighbours together': async ({ context }) => {
    const rdd = context.partitions([[1], [2], [3], [4], [5]])
    assert.deepEqual(await rdd.coalesce(2).glom().collect(), [[1, 2], [3, 4, 5]]) // prettier-ignore
  },
  'zip and cartesian lay partitions side by side': async ({ context }) => {
    const [a, b] = [context.parallelize([1, 2, 3], 2), context.parallelize(['x', 'y', 'z'], 2)]
    assert.deepEqual(await a.zip(b).collect(), [[1, 'x'], [2, 'y'], [3, 'z']]) // prettier-ignore
    const few = context.parallelize(['p', 'q'], 2)
    assert.deepEqual(await context.parallelize([1, 2], 1).cartesian(few).glom().collect(), [
      [[1, 'p'], [2, 'p']],
      [[1, 'q'], [2, 'q']],
    ]) // prettier-ignore
  },
  'a lineage of 5,000 steps is no problem': async ({ context }) => {
    let rdd: RDD<number> = context.parallelize([0, 1], 2)
    const make = (node: Parameters<typeof context.newNode>[0]) => context.newNode(node)
    const { map } = await import('../../../rdd/operators/map.ts')
    const { RDD } = await import('../../../rdd/rdd.ts')
    const add = capture((n: number) => n + 1, { operator: 'map', async: 'refused' })
    for (let i = 0; i < 5000; i++) rdd = new RDD(context, map(make, rdd.node, add))
    assert.deepEqual(await rdd.collect(), [5000, 5001])
  },
  '1,000 unions upon each other are no problem': async ({ context }) => {
    let rdd = context.parallelize([0], 1)
    const one = context.parallelize([1], 1)
    for (let i = 0; i < 1000; i++) rdd = rdd.union(one)
    assert.equal(await rdd.count(), 1001)
  },
  'many partitions of few records': async ({ context }) => {
    assert.equal(
      await context
        .parallelize([1, 2, 3], 300)
        .map(n => n)
        .count(),
      3,
    )
  },
  'no partition at all': async ({ context }) => {
    const none = context.partitions<[string, number]>([])
    assert.deepEqual(await none.collect(), [])
    assert.deepEqual(await none.reduceByKey((a, b) => a + b).collect(), [])
    assert.equal(await none.union(context.partitions([[['a', 1] as [string, number]]])).count(), 1)
  },
  'what a function captures is fresh for each task': async ({ context }) => {
    let seen = 0
    const counted = context.parallelize(['a', 'b', 'c', 'd'], 2).map(r => `${r}${++seen}`)
    const expected = ['a1', 'b2', 'c1', 'd2']
    assert.deepEqual(await counted.collect(), expected)
    assert.deepEqual(await counted.collect(), expected)
    const list: string[] = []
    const pushed = context.parallelize(['a', 'b'], 2).map(r => list.push(r))
    assert.deepEqual(await pushed.collect(), [1, 1])
    assert.deepEqual([seen, list], [0, []])
  },
  'a function is captured when the operator is applied': async ({ context }) => {
    let factor = 2
    const scaled = context.parallelize([1, 2], 1).map(n => n * factor)
    factor = 100
    assert.deepEqual(await scaled.collect(), [2, 4])
  },
  'builtins of a plan are known to the tasks': async ({ context }) => {
    const rdd = context.parallelize([1, 2, 2], 2)
    const node = context.newNode({
      kind: 'narrow',
      operator: 'test',
      parents: [rdd.node],
      numPartitions: 2,
      step: { op: 'map', f: builtin('pairWith', [], [7]) },
    })
    const { RDD } = await import('../../../rdd/rdd.ts')
    assert.deepEqual(await new RDD(context, node).collect(), [[1, 7], [2, 7], [2, 7]]) // prettier-ignore
  },
}
