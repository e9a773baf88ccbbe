import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RDD } from '../rdd/rdd.ts'
import type { SparkContext } from './spark-context.ts'

/** Holds only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : ['the types differ']): void => {}

declare const sc: SparkContext

/** Never called: the compiler reads it. */
export function typesOfParallelize(): void {
  const pairs = sc.parallelize([
    ['a', 1],
    ['b', 2],
  ])
  same<typeof pairs, RDD<[string, number]>>()
  const numbers = sc.parallelize([1, 2])
  same<typeof numbers, RDD<number>>()
  const ofMap = sc.parallelize(new Map([['a', 1]]))
  same<typeof ofMap, RDD<[string, number]>>()
}

test('types of parallelize are checked by the compiler', () => assert.ok(typesOfParallelize))
