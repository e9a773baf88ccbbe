import { CustomPartitioner, HashPartitioner, type Partitioning } from '@dstream/core'
import { canonical, inBagOrder, naturalOrder } from './canonical.ts'
import { groupsOf, inAnyOrder, inOrder, sum, type RecordOf } from './model.ts'
import { perRecord, shuffling, shufflingBoth, type Handle, type Operator } from './operator.ts'

type Pair = RecordOf['pair']

/** A number of partitions, a hash partitioner, one of one's own, or none. */
function spread(n: number): Partitioning | undefined {
  if (n < 4) return undefined
  if (n < 6) return n - 2
  return n < 8
    ? new HashPartitioner(n - 5)
    : new CustomPartitioner(3, (key: unknown) => (typeof key === 'string' ? 2 : 0))
}

const valuesOf = (pairs: readonly Pair[], key: unknown): number[] =>
  pairs.filter(([other]) => canonical(other) === canonical(key)).map(([, value]) => value)
const orNone = (values: number[]): (number | undefined)[] => (values.length === 0 ? [undefined] : values)
/** Every combination of the values of each key of either side. */
const joined = (
  a: readonly Pair[],
  b: readonly Pair[],
  [left, right]: readonly [(v: number[]) => unknown[], (w: number[]) => unknown[]],
): unknown[] =>
  groupsOf([...a, ...b]).flatMap(([key]) =>
    left(valuesOf(a, key)).flatMap(v => right(valuesOf(b, key)).map(w => [key, [v, w]])),
  )
const present = (values: number[]): number[] => values

const perKey = (f: (values: number[]) => unknown) => (pairs: readonly Pair[]) =>
  groupsOf(pairs).map(([key, values]) => [key, f(values)])
const summed = (pairs: readonly Pair[]) => groupsOf(pairs).map(([key, values]): Pair => [key, sum(values)])

/** Operators of pairs. */
export const operatorsOfPairs: Readonly<Record<string, Operator>> = {
  keys: perRecord(
    'pair',
    'other',
    a => a.keys(),
    ([key]) => [key],
  ),
  values: perRecord(
    'pair',
    'number',
    a => a.values(),
    ([, value]) => [value],
  ),
  mapValues: perRecord(
    'pair',
    'pair',
    (a, n) => a.mapValues(v => v + n),
    ([key, v], n): Pair[] => [[key, v + n]],
  ),
  flatMapValues: perRecord(
    'pair',
    'pair',
    (a, n) => a.flatMapValues(v => [v, v + n].slice(n % 3)),
    ([key, v], n) => [v, v + n].slice(n % 3).map(w => [key, w] as const),
  ),
  reduceByKey: shuffling('pair', 'pair', (a, n) => a.reduceByKey((x, y) => x + y, spread(n)), summed),
  groupByKey: shuffling(
    'pair',
    'other',
    (a, n) => a.groupByKey(spread(n)).mapValues(values => inBagOrder(values)),
    perKey(inBagOrder),
  ),
  combineByKey: shuffling(
    'pair',
    'other',
    (a, n) =>
      a
        .combineByKey(
          v => [v],
          (vs, v) => [...vs, v],
          (vs, ws) => [...vs, ...ws],
          n % 2 === 0 ? { mapSideCombine: false } : {},
        )
        .mapValues(values => inBagOrder(values)),
    perKey(inBagOrder),
  ),
  aggregateByKey: shuffling(
    'pair',
    'other',
    (a, n) =>
      a
        .aggregateByKey(
          [] as number[],
          (vs, v) => {
            vs.push(v)
            return vs
          },
          (vs, ws) => vs.concat(ws),
          spread(n),
        )
        .mapValues(values => inBagOrder(values)),
    perKey(inBagOrder),
  ),
  foldByKey: shuffling('pair', 'pair', (a, n) => a.foldByKey(0, (x, y) => x + y, spread(n)), summed),
  'foldByKey with a zero for each partition': {
    takes: ['pair'],
    apply: ([a]: [Handle<'pair'>], n) => a.foldByKey(n, (x, y) => x + y),
    model: ([a], n) => {
      const zeros = a!.partitions?.flatMap(records => groupsOf(records as Pair[]).map(([key]) => [key, n] as const))
      return zeros && inAnyOrder('pair', summed([...zeros, ...(a!.records as Pair[])]))
    },
  },
  partitionBy: shuffling(
    'pair',
    'pair',
    (a, n) => a.partitionBy(spread(n) ?? 3),
    pairs => pairs,
  ),
  'sortByKey, the keys': {
    takes: ['pair'],
    apply: ([a]: [Handle<'pair'>], n) => a.sortByKey(n % 2 === 0, n + 1).keys(),
    model: ([a], n) => {
      const up = (a!.records as Pair[]).map(([key]) => key).toSorted((x, y) => naturalOrder(x, y))
      return up.includes(undefined) ? undefined : inOrder('other', n % 2 === 0 ? up : up.toReversed())
    },
  },
  sortByKey: shuffling(
    'pair',
    'pair',
    (a, n) => a.sortByKey(n % 2 === 0, n + 1),
    pairs => pairs,
  ),
  repartitionAndSortWithinPartitions: shuffling(
    'pair',
    'pair',
    (a, n) => a.repartitionAndSortWithinPartitions(spread(n) ?? 3),
    pairs => pairs,
  ),
  'sorted within partitions': {
    takes: ['pair'],
    apply: ([a]: [Handle<'pair'>]) => a.repartitionAndSortWithinPartitions(1).keys(),
    model: ([a]) => {
      const keys = (a!.records as Pair[]).map(([key]) => key)
      return keys.includes(undefined) ? undefined : inOrder('other', keys.toSorted(naturalOrder))
    },
  },
  filterByRange: perRecord(
    'pair',
    'pair',
    a => a.filterByRange(0, 'a'),
    pair => (naturalOrder(pair[0], 0) >= 0 && naturalOrder(pair[0], 'a') <= 0 ? [pair] : []),
  ),
  'sortByKey and filterByRange': shuffling(
    'pair',
    'pair',
    (a, n) => a.sortByKey(n % 2 === 0, n + 1).filterByRange(0, 'a'),
    pairs => pairs.filter(([key]) => naturalOrder(key, 0) >= 0 && naturalOrder(key, 'a') <= 0),
  ),
  join: shufflingBoth(
    ['pair', 'pair'],
    'other',
    (a, b, n) => a.join(b, spread(n)),
    (a, b) => joined(a, b, [present, present]),
  ),
  leftOuterJoin: shufflingBoth(
    ['pair', 'pair'],
    'other',
    (a, b, n) => a.leftOuterJoin(b, spread(n)),
    (a, b) => joined(a, b, [present, orNone]),
  ),
  rightOuterJoin: shufflingBoth(
    ['pair', 'pair'],
    'other',
    (a, b, n) => a.rightOuterJoin(b, spread(n)),
    (a, b) => joined(a, b, [orNone, present]),
  ),
  fullOuterJoin: shufflingBoth(
    ['pair', 'pair'],
    'other',
    (a, b, n) => a.fullOuterJoin(b, spread(n)),
    (a, b) => joined(a, b, [orNone, orNone]),
  ),
  cogroup: shufflingBoth(
    ['pair', 'pair'],
    'other',
    (a, b, n) => a.cogroup(b, spread(n)).mapValues(sides => sides.map(values => inBagOrder(values))),
    (a, b) => groupsOf([...a, ...b]).map(([key]) => [key, [a, b].map(side => inBagOrder(valuesOf(side, key)))]),
  ),
  'groupWith three': shufflingBoth(
    ['pair', 'pair'],
    'other',
    (a, b, n) => a.groupWith(b, a, spread(n)).mapValues(sides => sides.map(values => inBagOrder(values))),
    (a, b) => groupsOf([...a, ...b]).map(([key]) => [key, [a, b, a].map(side => inBagOrder(valuesOf(side, key)))]),
  ),
  subtractByKey: shufflingBoth(
    ['pair', 'pair'],
    'pair',
    (a, b, n) => a.subtractByKey(b, spread(n)),
    (a, b) => a.filter(([key]) => valuesOf(b, key).length === 0),
  ),
}
