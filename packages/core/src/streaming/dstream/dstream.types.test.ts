import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DStream } from './dstream.ts'

/** Never called: the compiler is the judge. */
export function types(words: DStream<string>, numbers: DStream<number>): void {
  const counts: DStream<[string, number]> = words.map(word => [word, 1]).reduceByKey((a, b) => a + b)
  const joined: DStream<[string, [number, string | undefined]]> = counts.leftOuterJoin(words.map(word => [word, 'x']))
  const windowed: DStream<[string, number]> = counts.reduceByKeyAndWindow(
    (a, b) => a + b,
    (a, b) => a - b,
    undefined as never,
  )
  const grouped: DStream<[string, number[]]> = counts.groupByKey()
  const both: DStream<string | number> = words.union(numbers)
  // @ts-expect-error records that are no pairs have no reduceByKey
  words.reduceByKey((a: string, b: string) => a + b)
  // @ts-expect-error a bare number is no duration
  words.window(1000)
  // @ts-expect-error keys of different types cannot be joined
  counts.join(numbers.map(n => [n, 1]))
  // @ts-expect-error an async function gives promises, not records
  const promised: DStream<number> = words.map(async word => word.length)
  void [joined, windowed, grouped, both, promised]
}

test('the types of streams are checked by the compiler', () => {
  assert.equal(typeof types, 'function')
})
