/** A measurement: after how many batches, and what was there. */
export type Point = readonly [batch: number, value: number]

/** How a quantity grows, per 1,000 batches. */
export interface Trend {
  /** The slope of the least-squares line. */
  readonly leastSquares: number
  /** The median of the slopes between any two points (Theil and Sen): a few outliers do not move it. */
  readonly median: number
  readonly first: number
  readonly last: number
}

export function trendOf(points: readonly Point[]): Trend {
  const scaled = points.map(([batch, value]) => [batch / 1000, value] as const)
  return {
    leastSquares: leastSquares(scaled),
    median: medianSlope(scaled),
    first: points[0]?.[1] ?? 0,
    last: points.at(-1)?.[1] ?? 0,
  }
}

/** What leaks grows by either measure; what only jumps about, or was large once, grows by one of them at most. */
export const growsBeyond = ({ leastSquares, median }: Trend, bound: number): boolean =>
  leastSquares > bound && median > bound

/** 0 for fewer than two distinct x. */
function leastSquares(points: readonly Point[]): number {
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  let covariance = 0
  let variance = 0
  for (const [x, y] of points) {
    covariance += (x - meanX) * (y - meanY)
    variance += (x - meanX) ** 2
  }
  return variance === 0 ? 0 : covariance / variance
}

function medianSlope(points: readonly Point[]): number {
  const slopes: number[] = []
  for (const [i, [x, y]] of points.entries())
    for (const [laterX, laterY] of points.slice(i + 1)) if (laterX > x) slopes.push((laterY - y) / (laterX - x))
  slopes.sort((a, b) => a - b)
  const middle = slopes.length >> 1
  if (slopes.length === 0) return 0
  return slopes.length % 2 === 1 ? slopes[middle]! : (slopes[middle - 1]! + slopes[middle]!) / 2
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
