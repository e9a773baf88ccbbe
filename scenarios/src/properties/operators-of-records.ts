import type { RDD } from '@dstream/core'
import { canonical, inBagOrder } from './canonical.ts'
import { distinct, groupsOf, inAnyOrder, inOrder, inPartitions, sum, type Kind, type RecordOf } from './model.ts'
import {
  mostRecords,
  perPartition,
  perRecord,
  shuffling,
  shufflingBoth,
  type Handle,
  type Operator,
} from './operator.ts'

type Pair = RecordOf['pair']

const byNumber = (a: number, b: number): number =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : a - b

/** Operators that do the same with records of every kind: of one record. */
const ofEachRecord = (kind: Kind): Record<string, Operator> => ({
  [`filter ${kind}`]: perRecord(
    kind,
    kind,
    (a, n) => a.filter(x => canonical(x).length % 3 !== n % 3),
    (x, n) => (canonical(x).length % 3 !== n % 3 ? [x] : []),
  ),
  [`mapToText ${kind}`]: perRecord(
    kind,
    'text',
    a => a.map(x => canonical(x)),
    x => [canonical(x)],
  ),
  [`count itself ${kind}`]: perRecord(
    kind,
    'pair',
    a => a.map(x => [x, 1]),
    (x): Pair[] => [[x, 1]],
  ),
  [`flatMap twice ${kind}`]: perRecord(
    kind,
    kind,
    (a, n) => a.flatMap(x => (n > 7 ? new Set([x, x]) : n > 4 ? [x] : [])),
    (x, n) => (n > 4 ? [x] : []),
  ),
  [`mapPartitions ${kind}`]: perRecord(
    kind,
    kind,
    (a, n) => (n % 2 === 0 ? a.mapPartitions(records => records) : a.mapPartitions(async records => [...records])),
    x => [x],
  ),
})

/** The same: of whole datasets. */
const ofAll = (kind: Kind): Record<string, Operator> => ({
  [`repartition ${kind}`]: shuffling(
    kind,
    kind,
    (a, n) => a.repartition(n + 1),
    records => records,
  ),
  [`distinct ${kind}`]: shuffling(kind, kind, (a, n) => a.distinct(n + 1), distinct),
  [`randomSplit ${kind}, put together`]: shuffling(
    kind,
    kind,
    (a, n) => {
      const [first, second] = a.randomSplit([1, n + 1], n)
      return second!.union(first!)
    },
    records => records,
  ),
  [`groupBy ${kind}`]: shuffling(
    kind,
    'other',
    (a, n) => a.groupBy(x => canonical(x).length % 4, n + 1).mapValues(xs => inBagOrder(xs)),
    records => groupsOf(records.map(x => [canonical(x).length % 4, x])).map(([key, xs]) => [key, inBagOrder(xs)]),
  ),
})

/** The same: of partitions. */
const ofPartitions = (kind: Kind): Record<string, Operator> => ({
  [`glom ${kind}`]: perPartition(
    kind,
    'other',
    a => a.glom(),
    partitions => partitions.map(records => [records]),
  ),
  [`mapPartitionsWithIndex ${kind}`]: perPartition(
    kind,
    'pair',
    a =>
      a.mapPartitionsWithIndex(function* (index, records) {
        for (const record of records) yield [record, index] as [unknown, number]
      }),
    partitions => partitions.map((records, index) => records.map(x => [x, index])),
  ),
  [`zipWithUniqueId ${kind}`]: perPartition(
    kind,
    'pair',
    a => a.zipWithUniqueId(),
    partitions => partitions.map((records, index) => records.map((x, k) => [x, index + k * partitions.length])),
  ),
  [`zip with itself ${kind}`]: perPartition(
    kind,
    'other',
    a => a.zip(a.map(x => canonical(x))),
    partitions => partitions.map(records => records.map(x => [x, canonical(x)])),
  ),
  [`zipPartitions with itself ${kind}`]: perPartition(
    kind,
    'other',
    a => a.zipPartitions(a.glom(), (records, lists) => [[...records].length, ...lists]),
    partitions => partitions.map(records => [records.length, records]),
  ),
  [`zipWithIndex ${kind}`]: {
    takes: [kind],
    apply: ([a]: [RDD<unknown>]) => a.zipWithIndex(),
    model: ([a]) =>
      a!.ordered
        ? inOrder(
            'pair',
            a!.records.map((x, i) => [x, i]),
          )
        : undefined,
  },
  [`coalesce ${kind}`]: {
    takes: [kind],
    apply: ([a]: [RDD<unknown>], n) => a.coalesce(n + 1, n === 7),
    model: ([a], n) => {
      if (n === 7 || a!.partitions === undefined) return { ...inAnyOrder(kind, a!.records) }
      const [before, after] = [a!.partitions.length, Math.min(n + 1, a!.partitions.length)]
      const cut = (i: number): number => Math.floor((i * before) / after)
      const merged = Array.from({ length: after }, (_, i) => a!.partitions!.slice(cut(i), cut(i + 1)).flat(1))
      return inPartitions(kind, merged)
    },
  },
})

/** The same: of two datasets. */
const ofTwo = (kind: Kind): Record<string, Operator> => ({
  [`union ${kind}`]: {
    takes: [kind, kind],
    apply: ([a, b]: [RDD<unknown>, RDD<unknown>]) => a.union(b),
    model: ([a, b]) => {
      const all = [...a!.records, ...b!.records]
      if (all.length > mostRecords) return undefined
      return a!.partitions && b!.partitions
        ? inPartitions(kind, [...a!.partitions, ...b!.partitions])
        : inAnyOrder(kind, all)
    },
  },
  [`cartesian ${kind}`]: {
    takes: [kind, kind],
    apply: ([a, b]: [RDD<unknown>, RDD<unknown>]) => a.cartesian(b),
    model: ([a, b]) => {
      const product = (xs: readonly unknown[], ys: readonly unknown[]) => xs.flatMap(x => ys.map(y => [x, y]))
      if (a!.records.length * b!.records.length > mostRecords) return undefined
      if (!a!.partitions || !b!.partitions) return inAnyOrder('other', product(a!.records, b!.records))
      const sides = a!.partitions.flatMap(xs => b!.partitions!.map(ys => product(xs, ys)))
      return inPartitions('other', sides)
    },
  },
  [`intersection ${kind}`]: shufflingBoth(
    [kind, kind],
    kind,
    (a, b, n) => a.intersection(b, n + 1),
    (a, b) => {
      const others = new Set(b.map(canonical))
      return distinct(a).filter(x => others.has(canonical(x)))
    },
  ),
  [`subtract ${kind}`]: shufflingBoth(
    [kind, kind],
    kind,
    (a, b, n) => (n > 4 ? a.subtract(b) : a.subtract(b, n + 1)),
    (a, b) => {
      const others = new Set(b.map(canonical))
      return a.filter(x => !others.has(canonical(x)))
    },
  ),
})

const ofSome: Record<string, Operator> = {
  'map number': perRecord(
    'number',
    'number',
    (a, n) => a.map(x => x * 2 - n),
    (x, n) => [x * 2 - n],
  ),
  'map number to pair': perRecord(
    'number',
    'pair',
    (a, n) => a.map(x => [x % (n + 1), x]),
    (x, n): Pair[] => [[x % (n + 1), x]],
  ),
  'keyBy number': perRecord(
    'number',
    'pair',
    (a, n) => a.keyBy(x => x > n),
    (x, n): Pair[] => [[x > n, x]],
  ),
  'flatMap number': perRecord(
    'number',
    'number',
    (a, n) =>
      a.flatMap(function* (x) {
        for (let i = 0; i < n % 3; i++) yield x + i
      }),
    (x, n) => Array.from({ length: n % 3 }, (_, i) => x + i),
  ),
  'length of text': perRecord(
    'text',
    'number',
    a => a.map(s => s.length),
    s => [s.length],
  ),
  'words of text': perRecord(
    'text',
    'text',
    a => a.flatMap(s => s.split(' ')),
    s => s.split(' '),
  ),
  'mapAsync text': perRecord(
    'text',
    'text',
    (a, n) => a.mapAsync(async s => `${s}${n}`, { concurrency: n + 1 }),
    (s, n) => [`${s}${n}`],
  ),
  'sum of partition': perPartition(
    'number',
    'number',
    a =>
      a.mapPartitions(records => {
        let all = 0
        for (const x of records) all += x
        return [all]
      }),
    partitions => partitions.map(records => [sum(records)]),
  ),
  'sortBy number': {
    takes: ['number'],
    apply: ([a]: [Handle<'number'>], n) => a.sortBy(x => x, n % 2 === 0, n + 1),
    model: ([a], n) => {
      const up = (a!.records as number[]).toSorted(byNumber)
      return inOrder('number', n % 2 === 0 ? up : up.toReversed())
    },
  },
  'sortBy text': {
    takes: ['text'],
    apply: ([a]: [Handle<'text'>], n) => a.sortBy(x => x, n % 2 === 0, n + 1),
    model: ([a], n) => {
      const up = (a!.records as string[]).toSorted()
      return inOrder('text', n % 2 === 0 ? up : up.toReversed())
    },
  },
}

const kinds: readonly Kind[] = ['number', 'text', 'pair', 'other']

/** Operators whose records need be no pairs. */
export const operatorsOfRecords: Readonly<Record<string, Operator>> = Object.assign(
  {},
  ...kinds.flatMap(kind => [ofEachRecord, ofAll, ofPartitions, ofTwo].map(operators => operators(kind))),
  ofSome,
) as Record<string, Operator>
