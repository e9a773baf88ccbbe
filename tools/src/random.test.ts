import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Random } from './random.ts'

const drawn = (seed: number): number[] => {
  const random = new Random(seed)
  return Array.from({ length: 8 }, () => random.below(100))
}

test('a seed gives the same numbers in every version: what is known of a seed of the simulation stays true', () => {
  assert.deepEqual(drawn(1), [78, 68, 84, 67, 40, 38, 61, 58])
  assert.deepEqual(drawn(137), [86, 70, 35, 78, 38, 19, 1, 87])
})
