import type { BatchRecord } from './batch-record.ts'
import { afterWarmUp, statisticsOf, type Statistics } from './statistics.ts'

/** The line that a run prints: the fields that every peer prints. Times in ms. */
export interface ResultLine {
  readonly peer: string
  readonly workload: string
  readonly interval_ms: number
  readonly first_batch_ms: number
  readonly records: number
  readonly total_delay_last: number
  readonly processing_ms: Statistics
  readonly job_ms: Statistics
}

export function resultLine(
  workload: string,
  intervalMs: number,
  batches: BatchRecord,
  jobMs: readonly number[],
): ResultLine {
  return {
    peer: `dstream-node-${process.versions.node}`,
    workload,
    interval_ms: intervalMs,
    first_batch_ms: Math.round(batches.firstBatchMs),
    records: batches.records,
    total_delay_last: batches.ended.at(-1)?.totalDelayMs ?? NaN,
    processing_ms: statisticsOf(afterWarmUp(batches.processingMs)),
    job_ms: statisticsOf(afterWarmUp(jobMs)),
  }
}
