import type { BatchInfo, StreamingContext } from 'dstream'
import type { EndedBatch } from './held-interval.ts'

/** What the batches of a run took, from the streaming listener. */
export class BatchRecord {
  readonly processingMs: number[] = []
  readonly ended: EndedBatch[] = []
  records = 0
  /** From the start of this process to the end of the first batch. */
  firstBatchMs = 0

  constructor(ssc: StreamingContext) {
    ssc.addStreamingListener({ onBatchCompleted: e => this.#completed(e.batchInfo) })
  }

  #completed(info: BatchInfo): void {
    if (this.ended.length === 0) this.firstBatchMs = performance.now()
    this.processingMs.push(info.processingDelay ?? NaN)
    this.ended.push({
      timeMs: info.batchTime.milliseconds,
      totalDelayMs: info.totalDelay ?? NaN,
      records: info.numRecords,
    })
    this.records += info.numRecords
  }
}
