import { keyHash, KeyMap } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { unpacked } from './fresh-zero.ts'
import type { Pair } from './function-types.ts'
import { countsOf, keyOf } from './summaries.ts'
import { XorShiftRandom } from './xor-shift-random.ts'

type Records = Iterable<unknown>

/**
 * What sampling is made of. The random numbers of a partition follow from the seed and its index alone: a task that is repeated, or runs elsewhere, draws
 * the same ones.
 */
registerBuiltins({
  sampleRecords: (_, [fraction, seed]) =>
    function* (records: Records, partition: number) {
      const random = new XorShiftRandom(seed as number, partition)
      for (const record of records) if (random.nextDouble() < (fraction as number)) yield record
    },
  sampleWithReplacement: (_, [fraction, seed]) =>
    function* (records: Records, partition: number) {
      const random = new XorShiftRandom(seed as number, partition)
      for (const record of records) {
        for (let times = random.nextPoisson(fraction as number); times > 0; times--) yield record
      }
    },
  /** The records whose number lies in a range: one part of randomSplit. All parts draw the same numbers. */
  sampleRange: (_, [low, high, seed]) =>
    function* (records: Records, partition: number) {
      const random = new XorShiftRandom(seed as number, partition)
      for (const record of records) {
        const drawn = random.nextDouble()
        if (drawn >= (low as number) && drawn < (high as number)) yield record
      }
    },
  sampleByKey: (_, [fractions, withReplacement, seed]) =>
    function* (pairs: Iterable<Pair>, partition: number) {
      const fractionOf = fractionsOf(fractions)
      const random = new XorShiftRandom(seed as number, partition)
      for (const pair of pairs) {
        const fraction = fractionOf(pair[0])
        let times = withReplacement ? random.nextPoisson(fraction) : random.nextDouble() < fraction ? 1 : 0
        for (; times > 0; times--) yield pair
      }
    },
  /** How many pairs each key has in a partition: a record, under the partition's index. */
  countKeys: () => (pairs: Iterable<Pair>, partition: number) => [[partition, [...countsOf(pairs, keyOf)]]],
  sampleByKeyExactly: (_, [fractions, withReplacement, seed]) =>
    function* ([pairs, counts]: readonly [Iterable<Pair>, Iterable<CountsOfPartition>], partition: number) {
      const fractionOf = fractionsOf(fractions)
      const keys = keysOf(counts, partition)
      for (const pair of pairs) {
        const key = keys.get(pair[0])!
        key.chosen ??= timesOfEach(
          key.total,
          Math.ceil(fractionOf(pair[0]) * key.total),
          withReplacement as boolean,
          new XorShiftRandom(seed as number, keyHash(pair[0])),
        )
        for (let times = key.chosen.get(key.next++) ?? 0; times > 0; times--) yield pair
      }
    },
  /** The records at the positions given for the partition, each with its place in the sample. */
  pickRecords: (_, [positions]) => {
    const byPartition = positions as readonly (readonly (readonly [position: number, place: number])[])[]
    return (records: Records, partition: number) => {
      const wanted = byPartition[partition]!
      const found: [place: number, record: unknown][] = []
      let position = 0
      for (const record of records) {
        while (wanted[found.length]?.[0] === position) found.push([wanted[found.length]![1], record])
        if (found.length === wanted.length) break
        position++
      }
      return found
    }
  },
})

type CountsOfPartition = readonly [partition: number, counts: readonly (readonly [key: unknown, count: number])[]]

interface KeyInPartition {
  /** Pairs of the key in all partitions. */
  total: number
  /** The number, among them, of the next one here. */
  next: number
  chosen?: ReadonlyMap<number, number>
}

function keysOf(counts: Iterable<CountsOfPartition>, partition: number): KeyMap<unknown, KeyInPartition> {
  const keys = new KeyMap<unknown, KeyInPartition>()
  for (const [index, ofPartition] of counts) {
    for (const [name, count] of ofPartition) {
      let key = keys.get(name)
      if (key === undefined) keys.set(name, (key = { total: 0, next: 0 }))
      key.total += count
      if (index < partition) key.next += count
    }
  }
  return keys
}

/** How often each of `total` things is drawn in `draws` draws; those that are not are left out. Without replacement: by Floyd's algorithm. */
export function timesOfEach(
  total: number,
  draws: number,
  withReplacement: boolean,
  random: XorShiftRandom,
): Map<number, number> {
  const times = new Map<number, number>()
  if (withReplacement) {
    for (let draw = 0; draw < draws; draw++) {
      const drawn = random.nextBelow(total)
      times.set(drawn, (times.get(drawn) ?? 0) + 1)
    }
    return times
  }
  for (let last = Math.max(0, total - draws); last < total; last++) {
    const drawn = random.nextBelow(last + 1)
    times.set(times.has(drawn) ? last : drawn, 1)
  }
  return times
}

function fractionsOf(packedFractions: unknown): (key: unknown) => number {
  const fractions = new KeyMap(unpacked(packedFractions) as [unknown, number][])
  return key => {
    const fraction = fractions.get(key)
    if (fraction !== undefined) return fraction
    throw new DStreamError('SAMPLE_KEY_WITHOUT_FRACTION', `key not found: ${String(key)}`, {
      hint: 'Give a fraction for every key; 0 for keys of which nothing is wanted.',
    })
  }
}
