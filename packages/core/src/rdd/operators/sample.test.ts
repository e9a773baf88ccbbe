import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

const many = context.parallelize(Array.from({ length: 10_000 }, (_, i) => i), 4) // prettier-ignore

law('a sample has records of the dataset, in order, each at most once', numbers, async ({ rdd, partitions }) => {
  const indexed = rdd.zipWithIndex()
  const sampled = await indexed.sample(false, 0.5, 7).glom().collect()
  let index = 0
  const all = partitions.map(part => part.map(n => [n, index++] as const))
  for (const [i, part] of sampled.entries()) {
    const positions = part.map(([, position]) => position)
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    )
    assert.equal(new Set(positions).size, positions.length)
    for (const pair of part) assert.deepEqual(all[i]!.find(([, position]) => position === pair[1]), pair) // prettier-ignore
  }
})

law('nothing of a fraction of 0, everything of a fraction of 1', numbers, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.sample(false, 0, 1).collect(), [])
  assert.deepEqual(await rdd.sample(true, 0, 1).collect(), [])
  assert.deepEqual(await rdd.sample(false, 1, 1).collect(), records)
})

test('about the fraction is drawn, of every partition', async () => {
  for (const withReplacement of [false, true]) {
    const sizes = await many.sample(withReplacement, 0.3, 42).glom().map(part => part.length).collect() // prettier-ignore
    for (const size of sizes) assert.ok(size > 650 && size < 850, String(sizes))
  }
})

test('with replacement a record may come more than once', async () => {
  const sampled = await many.sample(true, 2, 1).collect()
  assert.ok(sampled.length > 19_000 && sampled.length < 21_000)
  assert.ok(new Set(sampled).size < 9000)
})

test('the same seed gives the same sample, another one another, and so does none', async () => {
  const drawn = (seed?: number) => many.sample(false, 0.1, seed).collect()
  assert.deepEqual(await drawn(5), await drawn(5))
  assert.notDeepEqual(await drawn(5), await drawn(6))
  assert.notDeepEqual(await drawn(), await drawn())
  const once = many.sample(false, 0.1)
  assert.deepEqual(await once.collect(), await once.collect())
})

test('the partitions of one seed draw different numbers', async () => {
  const same = context.partitions([1, 2].map(() => Array.from({ length: 100 }, (_, i) => i)))
  const [first, second] = await same.sample(false, 0.5, 3).glom().collect()
  assert.notDeepEqual(first, second)
})

test('pairs stay where they are', () => {
  const pairs = many.map(n => [n, n]).partitionBy(3)
  assert.deepEqual(pairs.sample(false, 0.5, 1).partitioner?.spec, pairs.partitioner?.spec)
})

test('fractions and seeds that mean nothing are refused at once', () => {
  const refused = { code: 'SAMPLE_FRACTION' }
  assert.throws(() => many.sample(false, -0.1), { ...refused, message: /^Fraction must be nonnegative, but got -0\.1/ })
  assert.throws(() => many.sample(false, NaN), refused)
  assert.throws(() => many.sample(false, 1.5), {
    ...refused,
    message: /^Sampling fraction \(1\.5\) must be on interval \[0, 1\]/,
  })
  assert.throws(() => many.sample(true, Infinity), refused)
  assert.throws(() => many.sample(false, 0.5, 1.5), { code: 'SAMPLE_SEED' })
})
