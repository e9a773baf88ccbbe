import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

law('pairs each record with its key', numbers, async ({ rdd, records }) => {
  assert.deepEqual(await rdd.keyBy(n => n % 3).collect(), records.map(n => [n % 3, n])) // prettier-ignore
})

test('shows under its own name', () => {
  assert.match(
    context
      .parallelize([1], 1)
      .keyBy(n => n)
      .toDebugString(),
    /MapPartitionsRDD\[\d+\] at keyBy at/,
  )
})
