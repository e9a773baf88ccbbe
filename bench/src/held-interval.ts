import { statisticsOf } from './statistics.ts'

/** Whether an interval holds, read from every batch in order. */
export interface HeldInterval {
  readonly batches: number
  /** Batch times between the first and the last for which no batch ended. */
  readonly missed: number
  /** Batches that ended after the next one was due; `late_settled` without the first quarter, in which everything warms up. */
  readonly late: number
  readonly late_settled: number
  /** Median delay of the last quarter minus that of the second quarter: above zero the batches pile up. Milliseconds. */
  readonly drift_ms: number
  readonly total_delay_p50: number
  readonly total_delay_max: number
  readonly holds: boolean
}

/** A batch that has ended: its time, how long after that time it ended, and how many records it had. */
export interface EndedBatch {
  readonly timeMs: number
  readonly totalDelayMs: number
  readonly records: number
}

/** An interval holds when no batch is missing and they do not pile up: at the end the delay is below the interval and no more than it was. */
export function heldInterval(batches: readonly EndedBatch[], intervalMs: number): HeldInterval {
  const delays = batches.map(batch => batch.totalDelayMs)
  const times = batches.map(batch => batch.timeMs)
  const quarter = Math.floor(delays.length / 4)
  const early = statisticsOf(delays.slice(quarter, 2 * quarter))
  const end = statisticsOf(delays.slice(-quarter))
  const all = statisticsOf(delays)
  const drift = end.p50 - early.p50
  const missed = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / intervalMs + 1 - batches.length
  const late = (of: readonly number[]) => of.filter(delay => delay > intervalMs).length
  return {
    batches: batches.length,
    missed,
    late: late(delays),
    late_settled: late(delays.slice(quarter)),
    drift_ms: drift,
    total_delay_p50: all.p50,
    total_delay_max: all.max,
    holds: missed === 0 && end.p50 <= intervalMs && drift <= intervalMs / 2,
  }
}
