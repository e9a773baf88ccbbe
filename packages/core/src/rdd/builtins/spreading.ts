import { registerBuiltins } from '../../closures/builtins.ts'
import type { Pair } from './function-types.ts'
import { XorShiftRandom } from './xor-shift-random.ts'

/** What repartition and range partitioning are made of. */
registerBuiltins({
  /** Records dealt out one after the other, from a start that depends on the partition only: as Spark's coalesce with shuffle. */
  dealOut: (_, [numPartitions]) =>
    function* (records: Iterable<unknown>, partition: number) {
      let position = new XorShiftRandom(partition).nextInt(numPartitions as number)
      for (const record of records) yield [++position, record]
    },
  /** A partitioner over keys that are numbers of their own accord. */
  positionMod:
    (_, [numPartitions]) =>
    (position: number) =>
      position % (numPartitions as number),
  sampleKeys:
    (_, [size]) =>
    (pairs: Iterable<Pair>, partition: number) =>
      sampleKeys(pairs, partition, size as number),
})

/** The number of pairs of a partition, and keys drawn evenly from it. */
export interface KeySample {
  readonly count: number
  readonly keys: readonly unknown[]
}

/** Reservoir sampling; the same partition gives the same sample every time. */
function sampleKeys(pairs: Iterable<Pair>, partition: number, size: number): KeySample {
  let state = (partition + 1) * 0x9e3779b1
  const keys: unknown[] = []
  let count = 0
  for (const [key] of pairs) {
    count++
    if (keys.length < size) {
      keys.push(key)
      continue
    }
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const place = Math.floor(((state >>> 0) / 0x1_0000_0000) * count)
    if (place < size) keys[place] = key
  }
  return { count, keys }
}
