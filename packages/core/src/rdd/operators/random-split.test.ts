import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bag, context, law, numbers } from './operator-laws.test.ts'

law('every record is in exactly one part', numbers, async ({ rdd, records }) => {
  const parts = rdd.randomSplit([1, 2, 0.5], 11)
  const all = await Promise.all(parts.map(part => part.collect()))
  assert.deepEqual(bag(all.flat()), bag(records))
})

test('sizes are about as the weights, whatever their sum', async () => {
  const many = context.parallelize(Array.from({ length: 10_000 }, (_, i) => i), 4) // prettier-ignore
  const [small, none, large] = await Promise.all(many.randomSplit([2, 0, 6], 1).map(part => part.count()))
  assert.equal(none, 0)
  assert.ok(small! > 2300 && small! < 2700, String(small))
  assert.equal(small! + large!, 10_000)
})

test('weights that mean nothing are refused at once', () => {
  const rdd = context.parallelize([1], 1)
  const refused = (message: RegExp) => ({ code: 'SAMPLE_WEIGHTS', message })
  assert.throws(() => rdd.randomSplit([1, -1]), refused(/^Weights must be nonnegative, but got \[1,-1\]/))
  assert.throws(() => rdd.randomSplit([0, 0]), refused(/^Sum of weights must be positive, but got \[0,0\]/))
  assert.throws(() => rdd.randomSplit([]), refused(/^Sum of weights must be positive, but got \[\]/))
})
