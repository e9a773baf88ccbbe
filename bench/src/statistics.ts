/** A distribution in the fields that every peer prints, rounded to a thousandth. */
export interface Statistics {
  readonly n: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/**
 * Sorts and picks: the percentile `p` is the element at `floor(p * n)`, as in the reference program on Spark, so that two lines compare.
 *
 * @throws Error when there is nothing to describe
 */
export function statisticsOf(values: readonly number[]): Statistics {
  if (values.length === 0) throw new Error('There are no values to make statistics of')
  const sorted = [...values].sort((a, b) => a - b)
  const at = (p: number) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN)
  return { n: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
}

/** What is left when the first quarter, in which the compilers warm up, is left out. At least one value stays. */
export function afterWarmUp<T>(values: readonly T[]): T[] {
  return values.slice(Math.min(Math.floor(values.length / 4), Math.max(0, values.length - 1)))
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There are no values to take the median of')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** The slope of the least-squares line through the points: how much y grows per unit of x. 0 for fewer than two distinct x. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const n = points.length
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  let covariance = 0
  let variance = 0
  for (const [x, y] of points) {
    covariance += (x - meanX) * (y - meanY)
    variance += (x - meanX) ** 2
  }
  return variance === 0 ? 0 : covariance / variance
}

const rounded = (x: number) => Math.round(x * 1000) / 1000
