import type { OutputFunction } from '../dstream/graph.ts'

/**
 * Where a batch is saved: `prefix-TIME_IN_MS[.suffix]`; without a prefix `TIME_IN_MS[.suffix]`.
 *
 * @see Spark's `StreamingContext.rddToFileName`
 */
export function batchFileName(prefix: string, suffix: string, timeMs: number): string {
  const name = suffix === '' ? String(timeMs) : `${timeMs}.${suffix}`
  return prefix === '' ? name : `${prefix}-${name}`
}

/** Saves every batch as text files in a folder of its own. */
export const savingAsText =
  (prefix: string, suffix: string): OutputFunction =>
  (rdd, time) =>
    rdd.saveAsTextFile(batchFileName(prefix, suffix, time.milliseconds))
