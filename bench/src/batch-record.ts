import type { BatchInfo, StreamingContext } from 'dstream'
import type { EndedBatch } from './held-interval.ts'

/** What the batches of a run took, from the streaming listener. */
export class BatchRecord {
  readonly processingMs: number[] = []
  readonly ended: EndedBatch[] = []
  records = 0
  /** From the start of this process to the end of the first batch. */
  firstBatchMs = 0
  readonly #waiting: { readonly batches: number; readonly done: () => void }[] = []

  constructor(ssc: StreamingContext) {
    ssc.addStreamingListener({ onBatchCompleted: e => this.#completed(e.batchInfo) })
  }

  get completed(): number {
    return this.ended.length
  }

  /** Resolves once so many batches have ended. */
  reached(batches: number): Promise<void> {
    return new Promise(resolve => {
      if (this.completed >= batches) resolve()
      else this.#waiting.push({ batches, done: resolve })
    })
  }

  #completed(info: BatchInfo): void {
    if (this.completed === 0) this.firstBatchMs = performance.now()
    this.processingMs.push(info.processingDelay ?? NaN)
    this.ended.push({
      timeMs: info.batchTime.milliseconds,
      totalDelayMs: info.totalDelay ?? NaN,
      records: info.numRecords,
    })
    this.records += info.numRecords
    for (const waiter of this.#waiting.filter(w => w.batches <= this.completed)) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
      waiter.done()
    }
  }
}
