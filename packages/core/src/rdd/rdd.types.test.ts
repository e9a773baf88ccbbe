import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeyMap } from '../codec/index.ts'
import type { RDD } from './rdd.ts'
import type { StatCounter } from './stat-counter.ts'

/** Holds only when both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : ['the types differ']): void => {}

declare const words: RDD<string>
declare const counts: RDD<[string, number]>
declare const names: RDD<readonly [string, Date]>

/** Never called: the compiler reads it. */
export function typesOfOperators(): void {
  const pairs = words.map(word => [word, 1])
  same<typeof pairs, RDD<[string, number]>>()
  same<RDD<[string, number]>, ReturnType<typeof counts.reduceByKey<string, number>>>()
  const ofTwo = words.map(word => [[word, word.length], 1]).reduceByKey((a, b) => a + b)
  same<typeof ofTwo, RDD<[[string, number], number]>>()
  const listed = words.map(word => [word, [word.length]])
  same<typeof listed, RDD<[string, number[]]>>()
  const reduced = words.map(word => [word, 1]).reduceByKey((a, b) => a + b, 4)
  same<typeof reduced, RDD<[string, number]>>()
  const lengths = words.flatMap(word => [word.length])
  same<typeof lengths, RDD<number>>()
  const keyed = words.keyBy(word => word.length)
  same<typeof keyed, RDD<[number, string]>>()
  const grouped = counts.groupByKey()
  same<typeof grouped, RDD<[string, number[]]>>()
  const joined = counts.join(names)
  same<typeof joined, RDD<[string, [number, Date]]>>()
  const left = counts.leftOuterJoin(names)
  same<typeof left, RDD<[string, [number, Date | undefined]]>>()
  const right = counts.rightOuterJoin(names)
  same<typeof right, RDD<[string, [number | undefined, Date]]>>()
  const full = counts.fullOuterJoin(names)
  same<typeof full, RDD<[string, [number | undefined, Date | undefined]]>>()
  const zipped = counts.zipPartitions(names, words, (own, dates, more) =>
    [...own].map(([key]) => [key, [...dates, ...more].length]),
  )
  same<typeof zipped, RDD<[string, number]>>()
  const sampled = names.sampleByKeyExact(false, new Map([['a', 0.5]]))
  same<typeof sampled, RDD<[string, Date]>>()
  const parts = words.randomSplit([1, 2])
  same<typeof parts, RDD<string>[]>()
  const distinct = counts.countApproxDistinctByKey()
  same<typeof distinct, RDD<[string, number]>>()
  const ranged = names.repartitionAndSortWithinPartitions(3).filterByRange('a', 'b')
  same<typeof ranged, RDD<[string, Date]>>()
  const piped = counts.pipe('cat', { printRDDElement: ([word, n], print) => print(word.repeat(n)) })
  same<typeof piped, RDD<string>>()
  const three = counts.cogroup(names, counts)
  same<typeof three, RDD<[string, [number[], Date[], number[]]]>>()
  const combined = counts.combineByKey(v => [v, 1], (c, v) => [c[0] + v, c[1] + 1], (a, b) => [a[0] + b[0], a[1] + b[1]]) // prettier-ignore
  same<typeof combined, RDD<[string, [number, number]]>>()
  const strings = (words as RDD<string | number>).filter((word): word is string => typeof word === 'string')
  same<typeof strings, RDD<string>>()
  const mixed = words.union(counts)
  same<typeof mixed, RDD<string | [string, number]>>()
  const sorted = counts.sortByKey(false)
  same<typeof sorted, RDD<[string, number]>>()
}

/** Never called: the compiler reads it. */
export function typesOfActions(): void {
  same<ReturnType<typeof words.collect>, Promise<string[]>>()
  const byKey = counts.countByKey()
  same<typeof byKey, Promise<KeyMap<string, number>>>()
  const statistics = words.map(word => word.length).stats()
  same<typeof statistics, Promise<StatCounter>>()
  const total = words.aggregate([0, 0], ([a, b], word) => [a + word.length, b + 1], (a, b) => [a[0] + b[0], a[1] + b[1]]) // prettier-ignore
  same<typeof total, Promise<[number, number]>>()
  const values = counts.lookup('a')
  same<typeof values, Promise<number[]>>()
}

type Level = 'low' | 'high'
declare const levels: RDD<[string, Level]>
declare const worse: (a: Level, b: Level) => Level

/** Never called: the compiler reads it. What is merged may grow beyond the literals it begins with. */
export function typesOfMerging(): void {
  const inside = (x: number, y: number) => x * x + y * y < 1
  const pi = words.map(() => (inside(Math.random(), Math.random()) ? 1 : 0)).reduce((a, b) => a + b)
  same<typeof pi, Promise<number>>()
  const bits = words.map(word => (word > 'm' ? 1 : 0))
  const folded = bits.fold(0, (a, b) => a + b)
  same<typeof folded, Promise<number>>()
  const tree = bits.treeReduce((a, b) => a + b, 3)
  same<typeof tree, Promise<number>>()
  const ofKeys = words.keyBy(word => word.length).mapValues(word => (word > 'm' ? 1 : 0))
  const reduced = ofKeys.reduceByKey((a, b) => a + b)
  same<typeof reduced, RDD<[number, number]>>()
  const foldedByKey = ofKeys.foldByKey(0, (a, b) => a + b, 2)
  same<typeof foldedByKey, RDD<[number, number]>>()
  const local = ofKeys.reduceByKeyLocally(Math.max)
  same<typeof local, Promise<KeyMap<number, number>>>()
  // A function that names its types keeps them.
  const kept = levels.reduceByKey(worse)
  same<typeof kept, RDD<[string, Level]>>()
  const worst = levels.values().reduce(worse)
  same<typeof worst, Promise<Level>>()
  const later = names.reduceByKey((a, b) => (a > b ? a : b))
  same<typeof later, RDD<[string, Date]>>()
  const tuples = counts.reduce(([word, a], [, b]) => [word, a + b])
  same<typeof tuples, Promise<[string, number]>>()
  // What the result is used for has no say.
  const used = (): Promise<unknown> => counts.values().reduce((a, b) => a + b)
  void used
  void counts.reduceByKey(() => {
    throw new Error('no')
  })
}

/** Never called: each line must be an error. */
export function refusedByTheCompiler(): void {
  // @ts-expect-error words are no pairs
  words.reduceByKey((a, b) => a + b)
  // @ts-expect-error the keys of both sides must be of one type
  counts.join(words.keyBy(word => word.length))
  // @ts-expect-error the merge of numbers gives a number
  counts.reduceByKey((a, b) => `${a}${b}`)
  // @ts-expect-error numbers are not merged as strings
  counts.reduceByKey((a: string, b: string) => a + b)
  // @ts-expect-error numbers are not merged as strings
  counts.values().reduce((a: string, b: string) => a + b)
  // @ts-expect-error a zero is of the type of what is merged
  counts.values().fold('', (a, b) => a + b)
  // @ts-expect-error words have no histogram
  words.histogram(3)
  // @ts-expect-error fractions are of the keys' type
  counts.sampleByKey(false, [[7, 0.5]])
  // @ts-expect-error words have no sum
  words.sum()
  // @ts-expect-error a predicate gives a boolean
  words.filter(word => word.length)
  // @ts-expect-error flatMap wants something that can be looped over
  words.flatMap(word => word.length)
  // @ts-expect-error the absent side of an outer join is undefined
  counts.leftOuterJoin(names).map(([, [, date]]) => date.getTime())
  // @ts-expect-error the key of a lookup is of the keys' type
  counts.lookup(7)
  // @ts-expect-error the node of a plan does not change
  words.node.id = 1
}

test('the types of operators and actions are checked by the compiler', () => {
  assert.equal(typeof typesOfOperators, 'function')
})
