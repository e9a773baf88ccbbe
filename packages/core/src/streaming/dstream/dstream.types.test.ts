import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RDD } from '../../rdd/rdd.ts'
import type { Duration } from '../../time/index.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import { StateSpec, type MapWithStateDStream, type State } from '../state/index.ts'
import type { DStream } from './dstream.ts'

/** Holds only when both types are the same; `any` is the same as nothing but itself. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : ['the types differ']): void => {}

declare const words: DStream<string>
declare const numbers: DStream<number>
declare const counts: DStream<[string, number]>
declare const dates: DStream<readonly [string, Date]>
declare const second: Duration
declare const ssc: StreamingContext

/** Never called: the compiler reads it. */
export function typesOfTuples(): void {
  const pairs = words.map(word => [word, 1])
  same<typeof pairs, DStream<[string, number]>>()
  // A key of two parts is a pair too, a value is not: it may be a list that grows.
  const ofTwo = words.map(word => [[word, word.length], 1])
  same<typeof ofTwo, DStream<[[string, number], number]>>()
  const listed = words.map(word => [word, [word.length]])
  same<typeof listed, DStream<[string, number[]]>>()
  const flat = words.flatMap(word => [[word, word.length]])
  same<typeof flat, DStream<[string, number]>>()
  const values = counts.mapValues(count => [count, 1])
  same<typeof values, DStream<[string, [number, number]]>>()
  const lists = words.glom()
  same<typeof lists, DStream<string[]>>()
  const both = words.union(numbers)
  same<typeof both, DStream<string | number>>()
  const lengths = words.transform(rdd => rdd.map(word => word.length))
  same<typeof lengths, DStream<number>>()
  const three = ssc.transform([words, words], ([first]) => first!.map(word => [word, 1]))
  same<typeof three, DStream<[string, number]>>()
  const narrowed = (words as DStream<string | number>).filter((x): x is number => typeof x === 'number')
  same<typeof narrowed, DStream<number>>()
}

/** Never called: the compiler reads it. */
export function typesOfPairs(): void {
  const reduced = words.map(word => [word, 1]).reduceByKey((a, b) => a + b, 4)
  same<typeof reduced, DStream<[string, number]>>()
  const grouped = counts.groupByKey()
  same<typeof grouped, DStream<[string, number[]]>>()
  const counted = words.countByValue()
  same<typeof counted, DStream<[string, number]>>()
  const joined = counts.join(dates)
  same<typeof joined, DStream<[string, [number, Date]]>>()
  const left = counts.leftOuterJoin(dates)
  same<typeof left, DStream<[string, [number, Date | undefined]]>>()
  const right = counts.rightOuterJoin(dates)
  same<typeof right, DStream<[string, [number | undefined, Date]]>>()
  const full = counts.fullOuterJoin(dates)
  same<typeof full, DStream<[string, [number | undefined, Date | undefined]]>>()
  const cogrouped = counts.cogroup(dates)
  same<typeof cogrouped, DStream<[string, [number[], Date[]]]>>()
  const withOther = counts.transformWith(dates, (own: RDD<[string, number]>, other) => own.join(other))
  same<typeof withOther, DStream<[string, [number, Date]]>>()
}

/** Never called: the compiler reads it. */
export function typesOfWindowsAndState(): void {
  const add = (a: number, b: number) => a + b
  const subtract = (a: number, b: number) => a - b
  const windowed = counts.reduceByKeyAndWindow(add, second)
  same<typeof windowed, DStream<[string, number]>>()
  const filter = ([word, count]: readonly [string, number]) => word !== '' && count > 0
  const incremental = counts.reduceByKeyAndWindow(add, subtract, second, second, { filter })
  same<typeof incremental, DStream<[string, number]>>()
  const groups = counts.groupByKeyAndWindow(second)
  same<typeof groups, DStream<[string, number[]]>>()
  const total = words.countByWindow(second, second)
  same<typeof total, DStream<number>>()
  const sums = counts.updateStateByKey((values: readonly number[], sum = 0) => values.reduce(add, sum))
  same<typeof sums, DStream<[string, number]>>()
  const own = counts.updateStateByKey((values: number[], sum?: number) => values.reduce(add, sum ?? 0))
  same<typeof own, DStream<[string, number]>>()
  const bare = counts.updateStateByKey((values, state) => values.length + (state ?? 0))
  same<typeof bare, DStream<[string, number]>>()
  const listsOf = counts.updateStateByKey((values: readonly number[], list: string[] | undefined) => [
    ...(list ?? []),
    String(values),
  ])
  same<typeof listsOf, DStream<[string, string[]]>>()
  const spec = StateSpec.function((word: string, one: number | undefined, sum: State<number>) => {
    sum.update((sum.getOption() ?? 0) + (one ?? 0))
    return [word, sum.get()]
  })
  const mapped = counts.mapWithState(spec)
  same<typeof mapped, MapWithStateDStream<string, number, [string, number]>>()
  const snapshots = mapped.stateSnapshots()
  same<typeof snapshots, DStream<[string, number]>>()
}

/** Never called: the compiler reads it. What is merged may grow beyond the literals it begins with. */
export function typesOfMerging(): void {
  const bits = words.map(word => (word > 'm' ? 1 : 0))
  const total = bits.reduce((a, b) => a + b)
  same<typeof total, DStream<number>>()
  const ofWindow = bits.reduceByWindow((a, b) => a + b, (a, b) => a - b, second, second) // prettier-ignore
  same<typeof ofWindow, DStream<number>>()
  const ofKeys = counts.mapValues(count => (count > 1 ? 1 : 0))
  const reduced = ofKeys.reduceByKey((a, b) => a + b)
  same<typeof reduced, DStream<[string, number]>>()
  const windowed = ofKeys.reduceByKeyAndWindow((a, b) => a + b, second)
  same<typeof windowed, DStream<[string, number]>>()
  const incremental = ofKeys.reduceByKeyAndWindow((a, b) => a + b, (a, b) => a - b, second, second, { filter: ([, n]) => n > 0 }) // prettier-ignore
  same<typeof incremental, DStream<[string, number]>>()
}

/** Never called: each line must be an error. */
export function refusedByTheCompiler(): void {
  // @ts-expect-error records that are no pairs have no reduceByKey
  words.reduceByKey((a: string, b: string) => a + b)
  // @ts-expect-error records that are no pairs have no state
  words.updateStateByKey((values: readonly string[]) => values[0])
  // @ts-expect-error records that are no pairs cannot be joined
  words.join(counts)
  // @ts-expect-error a bare number is no duration
  words.window(1000)
  // @ts-expect-error keys of different types cannot be joined
  counts.join(numbers.map(n => [n, 1]))
  // @ts-expect-error the absent side of an outer join is undefined
  counts.leftOuterJoin(dates).map(([, [, date]]) => date.getTime())
  // @ts-expect-error of a full outer join both sides may be absent
  counts.fullOuterJoin(dates).map(([, [count]]) => count + 1)
  // @ts-expect-error what is merged stays of one type
  counts.reduceByKey((a, b) => `${a}${b}`)
  // @ts-expect-error a predicate gives a boolean
  words.filter(word => word.length)
  // @ts-expect-error an async function gives promises, not records
  const promised: DStream<number> = words.map(async word => word.length)
  // @ts-expect-error the spec's values are those of the pairs
  dates.mapWithState(
    StateSpec.function((_: string, one: number | undefined, sum: State<number>) => sum.update(one ?? 0)),
  )
  void promised
}

test('the types of streams are checked by the compiler', () => {
  assert.equal(typeof typesOfTuples, 'function')
})
