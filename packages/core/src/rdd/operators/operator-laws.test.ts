/** What the tests of operators share: a context, and properties over any partitioning. It holds no test of its own. */
import { test } from 'node:test'
import fc from 'fast-check'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { TestContext } from '../../engine/testing/test-context.ts'
import type { RDD } from '../rdd.ts'

export const context = new TestContext(new ReferenceEngine())

export const numbers = fc.integer({ min: -9, max: 9 })
/** Few keys, so that equal ones are common; compared by content. */
export const keys = fc.oneof(fc.constantFrom('a', 'b', ''), fc.constant(null), fc.tuple(fc.constantFrom(1, 2)))
export const pairs = fc.tuple(keys, numbers)

/** A dataset in some partitions, empty ones and none among them. */
export interface Given<T> {
  readonly rdd: RDD<T>
  readonly partitions: readonly (readonly T[])[]
  /** Its records, in order. */
  readonly records: readonly T[]
}

const given = <T>(record: fc.Arbitrary<T>): fc.Arbitrary<Given<T>> =>
  fc.array(fc.array(record, { maxLength: 6 }), { maxLength: 4 }).map(partitions => ({
    rdd: context.partitions(partitions),
    partitions,
    records: partitions.flat() as T[],
  }))

/** A fact that holds for any records in any partitions. */
export const law = <T>(
  name: string,
  record: fc.Arbitrary<T>,
  check: (given: Given<T>) => Promise<void>,
): Promise<void> => test(name, () => fc.assert(fc.asyncProperty(given(record), check), { numRuns: 25 }))

/** The same for two datasets. */
export const law2 = <A, B>(
  name: string,
  left: fc.Arbitrary<A>,
  right: fc.Arbitrary<B>,
  check: (left: Given<A>, right: Given<B>) => Promise<void>,
): Promise<void> => test(name, () => fc.assert(fc.asyncProperty(given(left), given(right), check), { numRuns: 25 }))

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (part === undefined ? '(none)' : part))

/** Records in an order that does not depend on how they were spread. */
export const bag = <T>(records: Iterable<T>): T[] =>
  Array.from(records, record => [textOf(record), record] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, record]) => record)

/** The values of each key: the array model of everything that groups. */
export function groupsOf<K, V>(pairs: Iterable<readonly [K, V]>): [K, V[]][] {
  const groups = new Map<string, [K, V[]]>()
  for (const [key, value] of pairs) {
    const group = groups.get(textOf(key))
    if (group === undefined) groups.set(textOf(key), [key, [value]])
    else group[1].push(value)
  }
  return [...groups.values()]
}

export const sameKey = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b)
