import type { StreamingContext } from 'dstream'

/** Counts the batches that have ended, and keeps nothing of them. */
export class BatchCounter {
  completed = 0
  /** Of the batch that ended last. Milliseconds. */
  lastTotalDelayMs = NaN
  readonly #waiting = new Set<{ readonly batches: number; readonly done: () => void }>()

  constructor(ssc: StreamingContext) {
    ssc.addStreamingListener({
      onBatchCompleted: ({ batchInfo }) => {
        this.completed++
        this.lastTotalDelayMs = batchInfo.totalDelay ?? NaN
        for (const waiter of this.#waiting) {
          if (waiter.batches > this.completed) continue
          this.#waiting.delete(waiter)
          waiter.done()
        }
      },
    })
  }

  /** Resolves once so many batches have ended. */
  reached(batches: number): Promise<void> {
    return new Promise(resolve => {
      if (this.completed >= batches) resolve()
      else this.#waiting.add({ batches, done: resolve })
    })
  }
}
