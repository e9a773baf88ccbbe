import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, groupsOf, law, pairs, sameKey } from './operator-laws.test.ts'

const many = context.parallelize(Array.from({ length: 6000 }, (_, i) => [i % 3 === 0 ? 'a' : 'b', i] as [string, number]), 4) // prettier-ignore

test('each key has a fraction of its own', async () => {
  for (const withReplacement of [false, true]) {
    const sampled = many.sampleByKey(withReplacement, new Map([['a', 0.5], ['b', 0.1]]), 1) // prettier-ignore
    const counts = await sampled.countByKey()
    assert.ok(counts.get('a')! > 880 && counts.get('a')! < 1120, String(counts.get('a')))
    assert.ok(counts.get('b')! > 330 && counts.get('b')! < 470, String(counts.get('b')))
  }
})

law('exactly ceil(fraction · count) of each key, each at most once', pairs, async ({ rdd, records }) => {
  const groups = groupsOf(records)
  const fractions = groups.map(([key], i) => [key, (i % 3) / 2] as const)
  const indexed = rdd.zipWithIndex().map(([[key, value], index]) => [key, [value, index] as const])
  const sampled = groupsOf(await indexed.sampleByKeyExact(false, fractions, 9).collect())
  for (const [i, [key, values]] of groups.entries()) {
    const drawn = sampled.find(([other]) => sameKey(key, other))?.[1] ?? []
    assert.equal(drawn.length, Math.ceil(((i % 3) / 2) * values.length))
    assert.equal(new Set(drawn.map(([, index]) => index)).size, drawn.length)
  }
})

test('with replacement, exactly, a pair may come more than once', async () => {
  const sampled = await many.sampleByKeyExact(true, [['a', 1.5], ['b', 0]], 1).values().collect() // prettier-ignore
  assert.equal(sampled.length, 3000)
  assert.ok(new Set(sampled).size < 2000)
})

test('every pair of a key is drawn as often as any other', async () => {
  const four = context.partitions([[['k', 0], ['k', 1]], [['k', 2], ['k', 3]]] as [string, number][][]) // prettier-ignore
  const times = [0, 0, 0, 0]
  for (let seed = 0; seed < 400; seed++) {
    for (const [, value] of await four.sampleByKeyExact(false, [['k', 0.5]], seed).collect()) times[value]! += 1
  }
  assert.equal(times.reduce((a, b) => a + b), 800) // prettier-ignore
  for (const n of times) assert.ok(n > 150 && n < 250, String(times))
})

test('a key without a fraction fails the job; fractions are checked at once', async () => {
  await assert.rejects(many.sampleByKey(false, [['a', 1]]).count(), /key not found: b/)
  await assert.rejects(many.sampleByKeyExact(false, [['a', 1]]).count(), /key not found: b/)
  assert.throws(() => many.sampleByKey(false, [['a', 2]]), { code: 'SAMPLE_FRACTION' })
})
