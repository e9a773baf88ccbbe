import type { RDD } from '@dstream/core'
import { bag, canonical } from './canonical.ts'
import { groupsOf, sum, type Kind, type Model, type RecordOf } from './model.ts'

/** An action as random programs use it. Its result is text, so that it can be compared. */
export interface Action {
  readonly of: readonly Kind[]
  readonly run: (rdd: RDD<unknown>, n: number) => Promise<unknown>
  /** What must come out; undefined where nothing is promised. A string that begins with `throws` is a code of an error. */
  readonly model: (model: Model, n: number) => unknown
}

const every: readonly Kind[] = ['number', 'text', 'pair', 'other']

const action = <K extends Kind>(
  of: K | readonly Kind[],
  run: (rdd: RDD<RecordOf[K]>, n: number) => Promise<unknown>,
  model: (records: readonly RecordOf[K][], n: number) => unknown,
): Action => ({
  of: typeof of === 'string' ? [of] : of,
  run: run as Action['run'],
  model: ({ records }, n) => model(records as RecordOf[K][], n),
})

const unlessEmpty = <T>(records: readonly T[], f: (records: readonly T[]) => unknown): unknown =>
  records.length === 0 ? 'throws EMPTY_COLLECTION' : f(records)
const largestFirst = (a: number, b: number): number => b - a

export const actions: Readonly<Record<string, Action>> = {
  collect: { of: every, run: rdd => rdd.collect(), model: ({ records, ordered }) => (ordered ? records : undefined) },
  'collect in any order': action(every, async rdd => bag(await rdd.collect()), bag),
  'collect the partitions': {
    of: every,
    run: rdd => rdd.glom().collect(),
    model: ({ partitions }) => partitions,
  },
  toLocalIterator: {
    of: every,
    run: rdd => Array.fromAsync(rdd.toLocalIterator()),
    model: ({ records, ordered }) => (ordered ? records : undefined),
  },
  histogram: action(
    'number',
    rdd => rdd.filter(x => Number.isFinite(x)).histogram([-5, 0, 5]),
    records => [records.filter(x => x >= -5 && x < 0).length, records.filter(x => x >= 0 && x <= 5).length],
  ),
  count: action(
    every,
    rdd => rdd.count(),
    records => records.length,
  ),
  isEmpty: action(
    every,
    rdd => rdd.isEmpty(),
    records => records.length === 0,
  ),
  take: {
    of: every,
    run: (rdd, n) => rdd.take(n),
    model: ({ records, ordered }, n) => (ordered ? records.slice(0, n) : undefined),
  },
  'take as many': action(
    every,
    async (rdd, n) => (await rdd.take(n)).length,
    (records, n) => Math.min(n, records.length),
  ),
  first: {
    of: every,
    run: rdd => rdd.first(),
    model: ({ records, ordered }) => (ordered ? unlessEmpty(records, ([first]) => first) : undefined),
  },
  reduce: action(
    'number',
    rdd => rdd.reduce((a, b) => a + b),
    records => unlessEmpty(records, sum),
  ),
  treeReduce: action(
    'number',
    (rdd, n) => rdd.treeReduce((a, b) => a + b, 1 + (n % 3)),
    records => unlessEmpty(records, sum),
  ),
  fold: action('number', rdd => rdd.fold(0, (a, b) => a + b), sum),
  aggregate: action(
    'text',
    rdd =>
      rdd.aggregate(
        [0, 0],
        ([a, b], s) => [a + s.length, b + 1],
        (a, b) => [a[0] + b[0], a[1] + b[1]],
      ),
    records => [sum(records.map(s => s.length)), records.length],
  ),
  treeAggregate: action(
    'text',
    (rdd, n) =>
      rdd.treeAggregate(
        0,
        (a, s) => a + s.length,
        (a, b) => a + b,
        1 + (n % 4),
      ),
    records => sum(records.map(s => s.length)),
  ),
  sum: action('number', rdd => rdd.sum(), sum),
  stats: action(
    'number',
    async rdd => {
      const { count, sum: total, max, min } = await rdd.filter(x => Number.isFinite(x)).stats()
      return [count, Math.round(total * 1000), max, min]
    },
    records => {
      const finite = records.filter(Number.isFinite)
      return [finite.length, Math.round(sum(finite) * 1000), Math.max(...finite), Math.min(...finite)]
    },
  ),
  top: action(
    'number',
    (rdd, n) => rdd.filter(x => !Number.isNaN(x)).top(n),
    (records, n) =>
      records
        .filter(x => !Number.isNaN(x))
        .toSorted(largestFirst)
        .slice(0, n),
  ),
  takeOrdered: action(
    'text',
    (rdd, n) => rdd.takeOrdered(n),
    (records, n) => records.toSorted().slice(0, n),
  ),
  max: action(
    'text',
    rdd => rdd.max(),
    records => unlessEmpty(records, all => all.toSorted().at(-1)),
  ),
  min: action(
    'text',
    rdd => rdd.min(),
    records => unlessEmpty(records, all => all.toSorted()[0]),
  ),
  countByValue: action(
    every,
    rdd => rdd.countByValue(),
    records => new Map(groupsOf(records.map(x => [x, x])).map(([x, all]) => [x, all.length])),
  ),
  countByKey: action(
    'pair',
    rdd => rdd.countByKey(),
    records => new Map(groupsOf(records).map(([key, values]) => [key, values.length])),
  ),
  reduceByKeyLocally: action(
    'pair',
    rdd => rdd.reduceByKeyLocally((a, b) => a + b),
    records => new Map(groupsOf(records).map(([key, values]) => [key, sum(values)])),
  ),
  collectAsMap: {
    of: ['pair'],
    run: rdd => (rdd as RDD<RecordOf['pair']>).collectAsMap(),
    model: ({ records, ordered }) =>
      ordered
        ? new Map(groupsOf(records as RecordOf['pair'][]).map(([key, values]) => [key, values.at(-1)]))
        : undefined,
  },
  lookup: action(
    'pair',
    async (rdd, n) => bag(await rdd.lookup(keyToLookUp(n))),
    (records, n) => bag(records.filter(([key]) => canonical(key) === canonical(keyToLookUp(n))).map(([, v]) => v)),
  ),
}

const keysToLookUp = ['a', '', null, 1, [1], 0, Number.NaN, { x: 1 }, undefined]
const keyToLookUp = (n: number): unknown => keysToLookUp[n % keysToLookUp.length]
