import { compareKeys, KeySet } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { unpacked } from './fresh-zero.ts'
import type { Fn, Pair } from './function-types.ts'

/** What the operators on single records and on pairs are made of. Each is a bare arrow over its arguments, so that a fused loop can inline it. */
registerBuiltins({
  keyBy: ([f]) => {
    const keyOf = f as Fn
    return (record: unknown) => [keyOf(record), record]
  },
  keys: () => (pair: Pair) => pair[0],
  values: () => (pair: Pair) => pair[1],
  mapValues: ([f]) => {
    const change = f as Fn
    return (pair: Pair) => [pair[0], change(pair[1])]
  },
  flatMapValues: ([f]) => {
    const change = f as (value: unknown) => Iterable<unknown>
    return (pair: Pair) => {
      const pairs: Pair[] = []
      for (const value of change(pair[1])) pairs.push([pair[0], value])
      return pairs
    }
  },
  pairWithNull: () => (record: unknown) => [record, null],
  pairWith:
    (_, [value]) =>
    (record: unknown) => [record, value],
  glom: () => (records: Iterable<unknown>) => [[...records]],
  withIndex: ([f]) => {
    const change = f as Fn
    return (records: Iterable<unknown>, partition: number) => change(partition, records)
  },
  distinctRecords: () =>
    function* (records: Iterable<unknown>) {
      const seen = new KeySet<unknown>()
      for (const record of records) {
        if (seen.has(record)) continue
        seen.add(record)
        yield record
      }
    },
  zipRecords: () => zipRecords,
  zipPartitions: ([f]) => {
    const join = f as Fn
    return (sides: readonly Iterable<unknown>[]) => join(...sides)
  },
  keyInRange: (_, [lower, upper]) => {
    const [least, most] = [unpacked(lower), unpacked(upper)]
    return (pair: Pair) => compareKeys(pair[0], least) >= 0 && compareKeys(pair[0], most) <= 0
  },
  cartesian: () =>
    function* ([left, right]: readonly [Iterable<unknown>, Iterable<unknown>]) {
      const rights = [...right]
      for (const record of left) for (const other of rights) yield [record, other]
    },
  countRecords: () => (records: Iterable<unknown>, partition: number) => {
    let count = 0
    for (const _ of records) count++
    return [[partition, count]]
  },
  addIndex: () =>
    function* (
      [records, counts]: readonly [Iterable<unknown>, Iterable<readonly [number, number]>],
      partition: number,
    ) {
      let index = 0
      for (const [before, count] of counts) if (before < partition) index += count
      for (const record of records) yield [record, index++]
    },
  addUniqueId: (_, [partitions]) =>
    function* (records: Iterable<unknown>, partition: number) {
      let id = partition
      for (const record of records) {
        yield [record, id]
        id += partitions as number
      }
    },
})

function* zipRecords([left, right]: readonly [Iterable<unknown>, Iterable<unknown>]): Generator<Pair> {
  const rights = right[Symbol.iterator]()
  for (const record of left) {
    const other = rights.next()
    if (other.done) throw unequalSizes()
    yield [record, other.value]
  }
  if (!rights.next().done) throw unequalSizes()
}

const unequalSizes = () =>
  new DStreamError('ZIP_SIZES_DIFFER', 'Can only zip RDDs with same number of elements in each partition', {
    hint: 'Zip only datasets of which one was made from the other by map, or join both by zipWithIndex.',
  })
