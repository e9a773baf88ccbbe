import { median, slope } from '@dstream/tools/statistics'

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
    leastSquares: slope(scaled),
    median: medianSlope(scaled),
    first: points[0]?.[1] ?? 0,
    last: points.at(-1)?.[1] ?? 0,
  }
}

/** What leaks grows by either measure; what only jumps about, or was large once, grows by one of them at most. */
export const growsBeyond = ({ leastSquares, median }: Trend, bound: number): boolean =>
  leastSquares > bound && median > bound

function medianSlope(points: readonly Point[]): number {
  const slopes: number[] = []
  for (const [i, [x, y]] of points.entries())
    for (const [laterX, laterY] of points.slice(i + 1)) if (laterX > x) slopes.push((laterY - y) / (laterX - x))
  return slopes.length === 0 ? 0 : median(slopes)
}
