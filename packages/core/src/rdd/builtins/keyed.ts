import { KeyMap, KeySet } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { freshZero } from './fresh-zero.ts'
import type { Fn, Pair } from './function-types.ts'

/** What reduceByKey, groupByKey and their kin are made of. */
registerBuiltins({
  identity: () => (value: unknown) => value,
  constant:
    (_, [value]) =>
    () =>
      value,
  keepFirst: () => (first: unknown) => first,
  add: () => (a: number, b: number) => a + b,
  listOf: () => (value: unknown) => [value],
  appendTo: () => (list: unknown[], value: unknown) => {
    list.push(value)
    return list
  },
  concatLists: () => (list: unknown[], more: readonly unknown[]) => {
    for (const value of more) list.push(value)
    return list
  },
  /** aggregateByKey's create: the first value of a key joins a zero of its own. */
  createFromZero: ([seqOp], [zero]) => {
    const merge = seqOp as Fn
    const make = freshZero(zero)
    return (value: unknown) => merge(make(), value)
  },
  /** combineByKey inside partitions that already hold all values of their keys. */
  combinePartition: ([create, mergeValue]) => {
    const first = create as Fn
    const merge = mergeValue as Fn
    return (pairs: Iterable<Pair>) => combined(pairs, first, merge)
  },
})

function combined(pairs: Iterable<Pair>, create: Fn, mergeValue: Fn): KeyMap<unknown, unknown> {
  const byKey = new KeyMap<unknown, unknown>()
  for (const [key, value] of pairs) {
    const before = byKey.get(key)
    const seen = before !== undefined || byKey.has(key)
    byKey.set(key, seen ? mergeValue(before, value) : create(value))
  }
  return byKey
}

/** The values of each key, in the order in which they come. */
function grouped(pairs: Iterable<Pair>): KeyMap<unknown, unknown[]> {
  const byKey = new KeyMap<unknown, unknown[]>()
  for (const [key, value] of pairs) {
    const values = byKey.get(key)
    if (values === undefined) byKey.set(key, [value])
    else values.push(value)
  }
  return byKey
}

type Sides = readonly Iterable<Pair>[]

/** What cogroup and the joins are made of: partitions side by side, each key of all of them in one partition. */
registerBuiltins({
  cogroup: () => (sides: Sides) => {
    const byKey = new KeyMap<unknown, unknown[][]>()
    sides.forEach((side, i) => {
      for (const [key, value] of side) {
        let groups = byKey.get(key)
        if (groups === undefined) byKey.set(key, (groups = sides.map(() => [])))
        groups[i]!.push(value)
      }
    })
    return byKey
  },
  join: () =>
    function* ([left, right]: Sides) {
      const rights = grouped(right!)
      for (const [key, value] of left!) for (const other of rights.get(key) ?? []) yield [key, [value, other]]
    },
  leftOuterJoin: () =>
    function* ([left, right]: Sides) {
      const rights = grouped(right!)
      for (const [key, value] of left!) for (const other of rights.get(key) ?? absent) yield [key, [value, other]]
    },
  rightOuterJoin: () =>
    function* ([left, right]: Sides) {
      const lefts = grouped(left!)
      for (const [key, value] of right!) for (const other of lefts.get(key) ?? absent) yield [key, [other, value]]
    },
  fullOuterJoin: () =>
    function* ([left, right]: Sides) {
      const rights = grouped(right!)
      const met = new KeySet<unknown>()
      for (const [key, value] of left!) {
        const others = rights.get(key)
        if (others !== undefined) met.add(key)
        for (const other of others ?? absent) yield [key, [value, other]]
      }
      for (const [key, others] of rights) if (!met.has(key)) for (const other of others) yield [key, [undefined, other]]
    },
  subtractKeys: () =>
    function* ([left, right]: Sides) {
      const gone = new KeySet<unknown>()
      for (const [key] of right!) gone.add(key)
      for (const pair of left!) if (!gone.has(pair[0])) yield pair
    },
  commonKeys: () =>
    function* ([left, right]: Sides) {
      const wanted = new KeySet<unknown>()
      for (const [key] of right!) wanted.add(key)
      for (const [key] of left!) if (wanted.delete(key)) yield key
    },
})

/** The one value of a side without the key. */
const absent: readonly undefined[] = [undefined]
