import { compareKeys, KeyMap } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { smallest } from '../smallest.ts'
import { StatCounter } from '../stat-counter.ts'
import { freshZero, unpacked } from './fresh-zero.ts'
import type { Fn, Pair } from './function-types.ts'

/** What actions do inside each partition. An empty partition answers `[]` where it has nothing to give. */
registerBuiltins({
  reducePartition: ([f]) => {
    const merge = f as Fn
    return (records: Iterable<unknown>) => {
      let some = false
      let merged: unknown
      for (const record of records) {
        merged = some ? merge(merged, record) : record
        some = true
      }
      return some ? [merged] : []
    }
  },
  aggregatePartition: ([seqOp], [zero]) => {
    const merge = seqOp as Fn
    const make = freshZero(zero)
    return (records: Iterable<unknown>) => {
      let merged = make()
      for (const record of records) merged = merge(merged, record)
      return merged
    }
  },
  /** As aggregatePartition, as a record: for merging in tasks. */
  aggregateToOne: ([seqOp], [zero]) => {
    const merge = seqOp as Fn
    const make = freshZero(zero)
    return (records: Iterable<unknown>) => {
      let merged = make()
      for (const record of records) merged = merge(merged, record)
      return [merged]
    }
  },
  tagByPartition:
    (_, [numPartitions]) =>
    (records: Iterable<unknown>, partition: number) =>
      Array.from(records, record => [partition % (numPartitions as number), record]),
  foreachRecord: ([f]) => {
    const call = f as Fn
    return (records: Iterable<unknown>) => {
      for (const record of records) call(record)
    }
  },
  /** Its result stays in the task: whatever the user's function returns need not travel. */
  foreachPartition: ([f]) => {
    const call = f as Fn
    return (records: Iterable<unknown>) => {
      const result = call(records)
      return isPromise(result) ? result.then(() => undefined) : undefined
    }
  },
  /** Computes the records for what that does beside them. */
  drain: () => (records: Iterable<unknown>) => {
    // oxlint-disable-next-line no-unused-vars
    for (const _ of records);
  },
  smallestRecords: ([compare], [count, sign]) => {
    const order = (compare ?? compareKeys) as (a: unknown, b: unknown) => number
    return (records: Iterable<unknown>) => smallest(records, count as number, (a, b) => order(a, b) * (sign as number))
  },
  reduceKeysLocally: ([f]) => {
    const merge = f as Fn
    return (pairs: Iterable<Pair>) => {
      const byKey = new KeyMap<unknown, unknown>()
      for (const [key, value] of pairs) byKey.set(key, byKey.has(key) ? merge(byKey.get(key), value) : value)
      return [...byKey]
    }
  },
  lookup: (_, [packedKey]) => {
    const wanted = new KeyMap<unknown, unknown>([[unpacked(packedKey), true]])
    return (pairs: Iterable<Pair>) => {
      const values: unknown[] = []
      for (const [key, value] of pairs) if (wanted.has(key)) values.push(value)
      return values
    }
  },
  stats: () => (numbers: Iterable<number>) => {
    const counter = new StatCounter()
    for (const number of numbers) counter.merge(number)
    return counter.toData()
  },
})

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
