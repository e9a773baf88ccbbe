import assert from 'node:assert/strict'
import { test } from 'node:test'
import { context, law, numbers } from './operator-laws.test.ts'

test('none, one or many records for each', async () => {
  const words = context.partitions([['a b', ''], ['c']]).flatMap(line => line.split(' '))
  assert.deepEqual(await words.glom().collect(), [['a', 'b', ''], ['c']])
})

law('is flatMap of arrays', numbers, async ({ rdd, records }) => {
  const repeat = (n: number): number[] => Array<number>(Math.abs(n) % 3).fill(n)
  assert.deepEqual(await rdd.flatMap(repeat).collect(), records.flatMap(repeat))
})
