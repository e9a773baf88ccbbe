import { Time, type Clock } from '../../time/index.ts'
import { BatchInfo, OutputOperationInfo } from '../events/batch-info.ts'
import type { OutputJob, PlannedBatch } from './output-job.ts'

/**
 * What has happened to a batch so far; listeners get immutable copies. Times are epoch milliseconds, counted from when the batch was submitted: a clock that
 * jumps meanwhile makes no delay longer or shorter.
 */
export class BatchRecord {
  readonly batch: PlannedBatch
  readonly #clock: Clock
  readonly #submissionTime: number
  readonly #submittedElapsedMs: number
  #startTime: number | undefined
  readonly #starts: (number | undefined)[]
  readonly #ends: (number | undefined)[]
  readonly #failures: (string | undefined)[]

  constructor(batch: PlannedBatch, clock: Clock) {
    this.batch = batch
    this.#clock = clock
    this.#submissionTime = clock.now()
    this.#submittedElapsedMs = clock.elapsed()
    const none = (): undefined[] => batch.jobs.map(() => undefined)
    this.#starts = none()
    this.#ends = none()
    this.#failures = none()
  }

  begin(): void {
    this.#startTime = this.#now()
  }

  outputStarted(index: number): void {
    this.#starts[index] = this.#now()
  }

  outputEnded(index: number, failure: string | undefined): void {
    this.#ends[index] = this.#now()
    this.#failures[index] = failure
  }

  /** An output operation has failed. */
  get hasFailed(): boolean {
    return this.#failures.some(failure => failure !== undefined)
  }

  info(): BatchInfo {
    const { timeMs, inputs, jobs } = this.batch
    return new BatchInfo({
      batchTime: new Time(timeMs),
      streamIdToInputInfo: inputs,
      submissionTime: this.#submissionTime,
      processingStartTime: this.#startTime,
      processingEndTime: this.#endTime(),
      outputOperationInfos: new Map(jobs.map((_, index) => [index, this.outputInfo(index)])),
    })
  }

  outputInfo(index: number): OutputOperationInfo {
    const job: OutputJob = this.batch.jobs[index]!
    return new OutputOperationInfo({
      batchTime: new Time(this.batch.timeMs),
      id: index,
      name: `${job.operator} at ${job.site}`,
      description: job.stream,
      startTime: this.#starts[index],
      endTime: this.#ends[index],
      failureReason: this.#failures[index],
    })
  }

  /** From the batch time to now, and from the first start to now: what the log line of a completed batch says. */
  delaysMs(): { readonly total: number; readonly execution: number } {
    const nowMs = this.#now()
    return { total: nowMs - this.batch.timeMs, execution: nowMs - (this.#startTime ?? nowMs) }
  }

  #now(): number {
    return this.#submissionTime + Math.round(this.#clock.elapsed() - this.#submittedElapsedMs)
  }

  #endTime(): number | undefined {
    let last: number | undefined
    for (const end of this.#ends) {
      if (end === undefined) return undefined
      last = Math.max(last ?? end, end)
    }
    return last
  }
}
