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

const rounded = (x: number) => Math.round(x * 1000) / 1000
