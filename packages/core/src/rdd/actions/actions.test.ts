import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { KeyMap } from '../../codec/index.ts'
import { context, keys, groupsOf, law, numbers, pairs } from '../operators/operator-laws.test.ts'

law('collect, count and take agree with the array', numbers, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.collect(), records)
  assert.equal(await rdd.count(), records.length)
  for (const n of [0, 1, 3, 99]) assert.deepEqual(await rdd.take(n), records.slice(0, n))
  assert.equal(await rdd.isEmpty(), records.length === 0)
})

test('a negative number of records is none', async () => {
  assert.deepEqual(await context.parallelize([1, 2], 2).take(-1), [])
})

test('take scans one partition, then four times as many at most', async () => {
  const before = context.lastJobId
  const sparse = context.partitions([[], [], [], [], [], [], [], [], [1], [2]])
  assert.deepEqual(await sparse.take(1), [1])
  assert.equal(context.lastJobId - before, 3)
})

law('reduce, fold and aggregate agree with the array', numbers, async ({ rdd, records, partitions }) => {
  const add = (a: number, b: number): number => a + b
  const sum = records.reduce(add, 0)
  if (records.length > 0) assert.equal(await rdd.reduce((a, b) => a + b), sum)
  assert.equal(await rdd.fold(1, (a, b) => a + b), sum + partitions.length + 1)
  assert.equal(await rdd.aggregate(0, (n, x) => Math.max(n, x), (a, b) => Math.max(a, b)), Math.max(0, ...records)) // prettier-ignore
  assert.equal(await rdd.sum(), sum)
})

test('what needs a record says when there is none', async () => {
  const none = context.partitions<number>([[], []])
  for (const action of [
    none.first(),
    none.reduce((a, b) => a + b),
    none.treeReduce((a, b) => a + b),
    none.max(),
    none.min(),
  ]) {
    await assert.rejects(action, { code: 'EMPTY_COLLECTION', message: /^empty collection/ })
  }
})

test('a zero is fresh for each partition', async () => {
  const push = (list: number[], n: number): number[] => {
    list.push(n)
    return list
  }
  const lists = context.parallelize([1, 2, 3], 3)
  assert.deepEqual(await lists.aggregate([] as number[], push, (a, b) => [...a, ...b]), [1, 2, 3])
})

test('results of many partitions are merged in a tree, in tasks', async () => {
  const rdd = context.parallelize(Array.from({ length: 100 }, (_, i) => i), 50) // prettier-ignore
  assert.equal(await rdd.treeReduce((a, b) => a + b), 4950)
  assert.equal(await rdd.treeAggregate(0, (a, b) => a + b, (a, b) => a + b, 3), 4950) // prettier-ignore
})

law('top, takeOrdered, max and min agree with sorting', numbers, async ({ rdd, records }) => {
  const ascending = records.toSorted((a, b) => a - b)
  for (const n of [0, 1, 3, 99]) {
    assert.deepEqual(await rdd.takeOrdered(n), ascending.slice(0, n))
    assert.deepEqual(await rdd.top(n), ascending.toReversed().slice(0, n))
  }
  if (records.length > 0) assert.deepEqual([await rdd.min(), await rdd.max()], [ascending[0], ascending.at(-1)])
})

test('another order may be given', async () => {
  const words = context.parallelize(['ccc', 'a', 'bb'], 2)
  assert.deepEqual(await words.takeOrdered(2, (a, b) => b.length - a.length), ['ccc', 'bb'])
  assert.equal(await words.max((a, b) => b.length - a.length), 'a')
})

law('countByKey, collectAsMap, reduceByKeyLocally and lookup agree with the array', pairs, async ({ rdd, records }) => {
  const groups = groupsOf(records)
  const [counts, last, sums] = [await rdd.countByKey(), await rdd.collectAsMap(), await rdd.reduceByKeyLocally((a, b) => a + b)] // prettier-ignore
  assert.equal(counts.size, groups.length)
  for (const [key, values] of groups) {
    assert.equal(counts.get(key), values.length)
    assert.equal(last.get(key), values.at(-1))
    assert.equal(
      sums.get(key),
      values.reduce((a, b) => a + b),
    )
    assert.deepEqual(await rdd.lookup(key), values)
    assert.deepEqual(await rdd.partitionBy(3).lookup(key), values)
  }
})

law('countByValue counts equal records', keys, async ({ rdd, records }) => {
  const model = new KeyMap<unknown, number>()
  for (const record of records) model.set(record, (model.get(record) ?? 0) + 1)
  const counts = await rdd.countByValue()
  assert.equal(counts.size, model.size)
  for (const [value, count] of model) assert.equal(counts.get(value as never), count)
})

test('lookup looks into one partition where keys are hashed', async () => {
  const spread = context.parallelize(['a', 'b', 'c'], 2).map(w => [w, 1]).partitionBy(4) // prettier-ignore
  let tasks = 0
  const stop = context.engine.subscribe(event => (tasks += event.type === 'taskStarted' ? 1 : 0))
  await spread.count()
  tasks = 0
  assert.deepEqual(await spread.lookup('b'), [1])
  stop()
  assert.equal(tasks, 1)
})

test('statistics of numbers', async () => {
  const found = await context.parallelize([2, 4, 4, 4, 5, 5, 7, 9], 3).stats()
  assert.deepEqual([found.count, found.mean, found.stdev, found.max, found.min, found.sum], [8, 5, 2, 9, 2, 40])
  assert.equal(String(found), '(count: 8, mean: 5.000000, stdev: 2.000000, max: 9.000000, min: 2.000000)')
  assert.equal(await context.parallelize([1, 2, 4, 5], 2).mean(), 3)
  assert.equal(await context.partitions<number>([[]]).mean(), 0)
  assert.ok(Number.isNaN((await context.partitions<number>([[]]).stats()).stdev))
})

test('foreach and foreachPartition call their function in tasks; a promise is awaited', async t => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-foreach-')), 'log')
  t.after(() => fs.rmSync(path.dirname(file), { recursive: true }))
  const rdd = context.parallelize([1, 2, 3], 2)
  await rdd.foreach(n => fs.appendFileSync(file, `${n},`))
  await rdd.foreachPartition(async records => {
    await Promise.resolve()
    fs.appendFileSync(file, `[${[...records].join()}]`)
  })
  await rdd.foreachPartition(records => Promise.resolve(fs.appendFileSync(file, `(${[...records].length})`)))
  assert.equal(fs.readFileSync(file, 'utf8'), '1,2,3,[1][2,3](1)(2)')
})

test('nothing is looked up in a dataset without partitions, however it is spread', async () => {
  const none = context.partitions<[string, number]>([])
  assert.deepEqual(await none.subtractByKey(none).lookup('a'), [])
})

test('a function that throws while the driver merges is told with its action and place', async () => {
  const two = context.parallelize([1, 2], 2)
  const refuse = (): never => {
    throw new TypeError('not these')
  }
  const pairs = two.map((n): [number, number] => [0, n])
  const actions = {
    reduce: two.reduce(refuse),
    aggregate: two.aggregate(0, (a, b) => a + b, refuse),
    treeReduce: two.treeReduce(refuse),
    treeAggregate: two.treeAggregate(0, (a, b) => a + b, refuse),
    reduceByKeyLocally: pairs.reduceByKeyLocally(refuse),
  }
  for (const [action, result] of Object.entries(actions)) {
    await assert.rejects(result, error => {
      const { code, message, cause } = error as { code: string; message: string; cause: Error }
      assert.equal(code, 'ACTION_MERGE_FAILED')
      assert.match(message, new RegExp(`TypeError: not these\\n {2}in ${action} at .*actions.test.ts:`))
      return cause instanceof TypeError
    })
  }
})
