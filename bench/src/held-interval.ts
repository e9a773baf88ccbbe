import { statisticsOf } from './statistics.ts'

/** Whether an interval holds, read from the total delay of every batch in order. */
export interface HeldInterval {
  readonly batches: number
  /** Batches that ended after the next one was due. */
  readonly late: number
  /** Median delay of the last quarter minus that of the second quarter: above zero the batches pile up. Milliseconds. */
  readonly drift_ms: number
  readonly total_delay_p50: number
  readonly total_delay_max: number
  readonly holds: boolean
}

/** An interval holds when the batches do not pile up: at the end the delay is below the interval and no more than it was. */
export function heldInterval(totalDelayMs: readonly number[], intervalMs: number): HeldInterval {
  const quarter = Math.floor(totalDelayMs.length / 4)
  const early = statisticsOf(totalDelayMs.slice(quarter, 2 * quarter))
  const end = statisticsOf(totalDelayMs.slice(-quarter))
  const all = statisticsOf(totalDelayMs)
  const drift = end.p50 - early.p50
  return {
    batches: totalDelayMs.length,
    late: totalDelayMs.filter(delay => delay > intervalMs).length,
    drift_ms: drift,
    total_delay_p50: all.p50,
    total_delay_max: all.max,
    holds: end.p50 <= intervalMs && drift <= intervalMs / 2,
  }
}
