import { DStreamError } from '../errors/dstream-error.ts'

/** Bounds of `count` buckets of one width from `min` to `max`; one bucket where both are the same. */
export function evenBuckets(min: number, max: number, count: number): number[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new DStreamError('HISTOGRAM_BUCKETS', `A histogram cannot have ${count} buckets`, {
      hint: 'Give a whole number, 1 or more, or the bounds as an array.',
    })
  }
  if (![min, max].every(Number.isFinite)) {
    throw new DStreamError('HISTOGRAM_RANGE', 'Histogram on either an empty RDD or RDD containing +/-infinity or NaN', {
      hint: 'Filter them out first, or give the bounds of the buckets.',
    })
  }
  if (min === max) return [min, max]
  return [...Array.from({ length: count }, (_, i) => min + ((max - min) * i) / count), max]
}

/** @throws DStreamError HISTOGRAM_BUCKETS */
export function checkBuckets(buckets: readonly number[]): void {
  if (buckets.length < 2) {
    throw new DStreamError('HISTOGRAM_BUCKETS', 'buckets array must have at least two elements', {
      hint: 'n + 1 bounds make n buckets.',
    })
  }
  if (buckets.slice(1).every((bound, i) => bound >= buckets[i]!)) return
  throw new DStreamError('HISTOGRAM_BUCKETS', `The bounds of the buckets are not in order: [${buckets.join(', ')}]`, {
    hint: 'Sort them, smallest first.',
  })
}

/**
 * How many numbers each bucket `[bounds[i], bounds[i + 1])` has; the last one has its upper bound too. Numbers outside, and NaN, are not counted.
 *
 * @param even all buckets are of one width: the bucket is computed instead of searched
 */
export function countInBuckets(numbers: Iterable<number>, bounds: readonly number[], even: boolean): number[] {
  const last = bounds.length - 2
  const [min, max] = [bounds[0]!, bounds[last + 1]!]
  const width = bounds[1]! - min
  const counts = Array.from({ length: last + 1 }, () => 0)
  for (const number of numbers) {
    if (!(number >= min && number <= max)) continue
    const bucket = even ? Math.floor((number - min) / width) : bucketOf(number, bounds)
    counts[bucket >= 0 && bucket < last ? bucket : last]! += 1
  }
  return counts
}

/** The last bucket whose lower bound is not above the number. */
function bucketOf(number: number, bounds: readonly number[]): number {
  let low = 0
  let high = bounds.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (bounds[middle]! <= number) low = middle
    else high = middle - 1
  }
  return low
}
