import { KeyMap, KeySet } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { Fn, Pair } from './function-types.ts'

/** What the operators of streams are made of: counts of batches, and datasets of several batches brought together. */
registerBuiltins({
  /** All records under one key; zero, because that is in partition 0, where Spark puts its null. */
  underZero: () => (record: unknown) => [0, record],
  /** How many records a partition has; nothing for an empty one. */
  countSome: () => (records: Iterable<unknown>) => {
    let count = 0
    for (const _ of records) count++
    return count === 0 ? [] : [count]
  },
  subtract: () => (a: number, b: number) => a - b,
  valueNotZero: () => (pair: Pair) => pair[1] !== 0,
  /** A list that may be appended to: the first group of a key belongs to its batch, and other windows read it too. */
  copyOfList: () => (list: readonly unknown[]) => [...list],
  reduceWindow: ([merge, subtract], [hasPrevious, leaving]) => {
    const window = new WindowReduction(merge as Fn, subtract as Fn)
    return (sides: readonly Iterable<Pair>[]) => window.reduce(sides, hasPrevious === true ? 1 : 0, leaving as number)
  },
})

/**
 * Makes the values of a window out of those one slide before: takes out what left, then merges in what came, each merged first among
 * themselves in the order of time.
 *
 * @see Spark's `ReducedWindowedDStream.compute`, whose order of merging this keeps
 */
class WindowReduction {
  readonly #merge: Fn
  readonly #subtract: Fn

  constructor(merge: Fn, subtract: Fn) {
    this.#merge = merge
    this.#subtract = subtract
  }

  *reduce(sides: readonly Iterable<Pair>[], previous: number, leaving: number): Generator<Pair> {
    const left = this.#merged(sides.slice(previous, previous + leaving))
    const came = this.#merged(sides.slice(previous + leaving))
    const met = new KeySet<unknown>()
    for (const side of sides.slice(0, previous)) {
      for (const [key, before] of side) {
        if (left.size > 0 || came.size > 0) met.add(key)
        let value = before
        if (left.has(key)) value = this.#subtract(value, left.get(key))
        if (came.has(key)) value = this.#merge(value, came.get(key))
        yield [key, value]
      }
    }
    for (const [key] of left) if (!met.has(key) && !came.has(key)) throw neitherPreviousNorNew(key)
    for (const [key, value] of came) if (!met.has(key)) yield [key, value]
  }

  /** The values of each key over several batches, merged in the order of time. */
  #merged(sides: readonly Iterable<Pair>[]): KeyMap<unknown, unknown> {
    const merged = new KeyMap<unknown, unknown>()
    for (const side of sides) {
      for (const [key, value] of side) merged.set(key, merged.has(key) ? this.#merge(merged.get(key), value) : value)
    }
    return merged
  }
}

const neitherPreviousNorNew = (key: unknown): DStreamError =>
  new DStreamError(
    'WINDOW_VALUE_LOST',
    `Neither previous window has value for key, nor new values found. Are you sure your key class hashes consistently? The key: ${String(key)}`,
    {
      hint: 'The filter dropped a key while values of it were still in the window; it may only drop keys whose value says that none is left.',
    },
  )
