import { keyHash, KeyMap } from '../../codec/index.ts'
import { registerBuiltins } from '../../closures/builtins.ts'
import { countInBuckets } from '../histogram-buckets.ts'
import { addHash, emptySketch, estimate, mergeSketches } from '../hyper-log-log.ts'
import { unpacked } from './fresh-zero.ts'
import type { Pair } from './function-types.ts'

/** Histograms, and counts of what is different. */
registerBuiltins({
  countInBuckets:
    (_, [buckets, even]) =>
    (numbers: Iterable<number>) =>
      countInBuckets(numbers, unpacked(buckets) as number[], even as boolean),
  sketchRecords:
    (_, [precision]) =>
    (records: Iterable<unknown>) => {
      const sketch = emptySketch(precision as number)
      for (const record of records) addHash(sketch, keyHash(record))
      return sketch
    },
  sketchOf:
    (_, [precision]) =>
    (value: unknown) =>
      addHash(emptySketch(precision as number), keyHash(value)),
  addToSketch: () => (sketch: Uint8Array, value: unknown) => addHash(sketch, keyHash(value)),
  mergeSketches: () => mergeSketches,
  estimateOfSketch: () => estimate,
  countsByKey: () => (pairs: Iterable<Pair>) => [...countsOf(pairs, keyOf)],
  countsByValue: () => (records: Iterable<unknown>) => [...countsOf(records, record => record)],
})

export const keyOf = (pair: Pair): unknown => pair[0]

/** How often each thing comes. */
export function countsOf<T>(records: Iterable<T>, thing: (record: T) => unknown): KeyMap<unknown, number> {
  const counts = new KeyMap<unknown, number>()
  for (const record of records) {
    const key = thing(record)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}
