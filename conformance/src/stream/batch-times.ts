/** The first batch time after a clock's start: the next whole multiple of the interval, also at a multiple. */
export function firstBatchMs(clockStartMs: number, batchMs: number): number {
  return (Math.floor(clockStartMs / batchMs) + 1) * batchMs
}
