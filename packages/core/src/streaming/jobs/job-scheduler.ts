import type { Logger } from '../../logging/index.ts'
import type { Clock } from '../../time/index.ts'
import type { ListenerBus } from '../events/listener-bus.ts'
import { BatchRecord } from './batch-record.ts'
import { FailedBatches, type GivenUp } from './failed-batches.ts'
import type { PlannedBatch } from './output-job.ts'
import { OutputFailedError } from './output-failed-error.ts'
import { initialScheduler, stepScheduler } from './scheduler.ts'
import type { SchedulerCommand, SchedulerEvent, SchedulerState } from './scheduler.ts'

export interface JobSchedulerParts {
  readonly clock: Clock
  readonly logger: Logger
  readonly bus: ListenerBus
  /** Output operations that may run at the same time (spark.streaming.concurrentJobs). */
  readonly concurrent: number
  /** An output operation failed; the batch goes on with the next. */
  readonly onError: (error: OutputFailedError) => void
  /** The first output operation of the batch is about to run. */
  readonly onBatchBegun?: (timeMs: number) => void
  /** An output operation has ended, with an error or without. */
  readonly onOutputEnded?: (timeMs: number, outputOpId: number, error: OutputFailedError | undefined) => void
  /** A batch that has failed counts as open until so many others have been put out: a restart meanwhile runs it again. Default: 0. */
  readonly failedHeld?: number
  /** Every output operation of the batch has ended; `held`: it counts as open still. */
  readonly onBatchCompleted: (timeMs: number, held: boolean) => void
  /** A batch that was held is not open any more. */
  readonly onBatchGivenUp?: (timeMs: number) => void
}

/** The shell of the job scheduler's state machine: runs output operations, tells listeners and the log. */
export class JobScheduler {
  readonly #parts: JobSchedulerParts
  /** The batches that are submitted and not completed. */
  readonly #records = new Map<number, BatchRecord>()
  readonly #failed: FailedBatches
  #state: SchedulerState
  #onQuiet: (() => void) | undefined

  constructor(parts: JobSchedulerParts) {
    this.#parts = parts
    this.#state = initialScheduler(parts.concurrent)
    this.#failed = new FailedBatches(parts.failedHeld ?? 0)
  }

  /** Queues a batch with at least one job. */
  submit(batch: PlannedBatch): void {
    const record = new BatchRecord(batch, this.#parts.clock)
    this.#records.set(batch.timeMs, record)
    this.#parts.bus.post(() => ({ type: 'batchSubmitted', batchInfo: record.info() }))
    this.#parts.logger.info(() => `Added jobs for time ${batch.timeMs} ms`)
    this.#handle({ type: 'submitted', timeMs: batch.timeMs, outputs: batch.jobs.length })
  }

  /** The batches that are submitted and not completed, and those that are held, in their order. */
  get openBatches(): readonly number[] {
    return [...this.#failed.times, ...this.#records.keys()].sort((a, b) => a - b)
  }

  /** The batches that have failed, and that a restart would run again. */
  get heldBatches(): readonly number[] {
    return this.#failed.times
  }

  /** The oldest batch that is open. */
  get oldestMs(): number | undefined {
    const times = [this.#failed.oldestMs, this.#records.keys().next().value].filter(timeMs => timeMs !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  /** A batch could not be made: it is held as one of which an output has failed. */
  hold(timeMs: number): boolean {
    const { held, givenUp } = this.#failed.failed(timeMs)
    this.#giveUp(givenUp)
    return held
  }

  /** A stop has begun: no failed batch is given up any more. */
  keepFailed(): void {
    this.#failed.stop()
  }

  /** Starts nothing any more. Resolves when the output operations that run have ended. */
  halt(): Promise<void> {
    this.#handle({ type: 'halt' })
    if (this.#state.running === 0) return Promise.resolve()
    return new Promise(resolve => (this.#onQuiet = resolve))
  }

  #handle(event: SchedulerEvent): void {
    const [state, commands] = stepScheduler(this.#state, event)
    this.#state = state
    for (const command of commands) this.#perform(command)
    if (this.#state.running === 0) this.#onQuiet?.()
  }

  #perform(command: SchedulerCommand): void {
    const record = this.#records.get(command.timeMs)
    if (record === undefined) return
    switch (command.type) {
      case 'beginBatch':
        record.begin()
        this.#parts.onBatchBegun?.(command.timeMs)
        this.#parts.bus.post(() => ({ type: 'batchStarted', batchInfo: record.info() }))
        return
      case 'runOutput':
        this.#run(record, command.index)
        return
      case 'completeBatch':
        this.#complete(record)
    }
  }

  #run(record: BatchRecord, index: number): void {
    const { bus, logger } = this.#parts
    const { timeMs, jobs } = record.batch
    const job = jobs[index]!
    record.outputStarted(index)
    bus.post(() => ({ type: 'outputOperationStarted', outputOperationInfo: record.outputInfo(index) }))
    logger.info(() => `Starting job streaming job ${timeMs} ms.${index} from job set of time ${timeMs} ms`)
    job.run(index).then(
      () => this.#ended(record, index, undefined),
      (cause: unknown) => this.#ended(record, index, new OutputFailedError(timeMs, index, job, cause)),
    )
  }

  #ended(record: BatchRecord, index: number, error: OutputFailedError | undefined): void {
    const { bus, logger, onError } = this.#parts
    const { timeMs } = record.batch
    record.outputEnded(index, error?.reason)
    bus.post(() => ({ type: 'outputOperationCompleted', outputOperationInfo: record.outputInfo(index) }))
    logger.info(() => `Finished job streaming job ${timeMs} ms.${index} from job set of time ${timeMs} ms`)
    this.#parts.onOutputEnded?.(timeMs, index, error)
    if (error !== undefined) onError(error)
    this.#handle({ type: 'outputEnded', timeMs })
  }

  #complete(record: BatchRecord): void {
    const { bus, logger, onBatchCompleted } = this.#parts
    const { timeMs } = record.batch
    this.#records.delete(timeMs)
    const held = record.hasFailed && this.hold(timeMs)
    if (!record.hasFailed) this.#giveUp(this.#failed.succeeded())
    bus.post(() => ({ type: 'batchCompleted', batchInfo: record.info() }))
    logger.info(() => {
      const { total, execution } = record.delaysMs()
      return `Total delay: ${(total / 1000).toFixed(3)} s for time ${timeMs} ms (execution: ${(execution / 1000).toFixed(3)} s)`
    })
    onBatchCompleted(timeMs, held)
  }

  #giveUp(batches: readonly GivenUp[]): void {
    for (const { timeMs, why } of batches) {
      this.#parts.logger.warn(`The failed batch of ${timeMs} ms will not be run again after a restart: ${why}`)
      this.#parts.onBatchGivenUp?.(timeMs)
    }
  }
}
