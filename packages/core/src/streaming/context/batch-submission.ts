import type { Logger } from '../../logging/index.ts'
import { Time } from '../../time/index.ts'
import type { BatchPlanner } from '../batches/batch-planner.ts'
import { GenerationFailedError } from '../batches/generation-failed-error.ts'
import type { InputInfos } from '../batches/input-info.ts'
import type { RunCheckpoints } from '../checkpoint/run-checkpoints.ts'
import type { ListenerBus } from '../events/listener-bus.ts'
import type { JobScheduler } from '../jobs/job-scheduler.ts'
import type { OutputJob, PlannedBatch } from '../jobs/output-job.ts'
import { isUnfit } from '../write-ahead-log/driver-log/index.ts'
import type { CleanUp } from './clean-up.ts'
import type { RunGate } from './run-gate.ts'

export interface BatchSubmissionParts {
  readonly gate: RunGate
  readonly planner: BatchPlanner
  readonly inputInfos: InputInfos
  /** Undefined: no checkpoints are written. */
  readonly checkpoints: RunCheckpoints | undefined
  readonly scheduler: JobScheduler
  readonly cleanUp: CleanUp
  readonly bus: ListenerBus
  readonly logger: Logger
  /** A batch could not be made; the streams go on. */
  readonly onError: (error: unknown) => void
}

/**
 * The way of a batch from its time to the scheduler: planned once the inputs are ready, logged, submitted. A step that takes no time is not waited for: a batch
 * without inputs that ask and without a log is submitted at once.
 */
export class BatchSubmission {
  readonly #parts: BatchSubmissionParts

  constructor(parts: BatchSubmissionParts) {
    this.#parts = parts
  }

  /** Gives whether there are jobs that run now. A failure is dealt with here. */
  generate(timeMs: number): boolean | Promise<boolean> {
    const { gate, planner } = this.#parts
    try {
      if (gate.starting !== undefined) return this.#generateAfter(timeMs, gate.starting)
      const jobs = planner.plan(timeMs)
      return jobs instanceof Promise ? this.#submitLater(timeMs, jobs) : this.#submit(timeMs, jobs)
    } catch (error) {
      return this.#failed(timeMs, error)
    }
  }

  async #generateAfter(timeMs: number, ready: Promise<unknown>): Promise<boolean> {
    await ready
    return this.#parts.gate.isCut ? false : this.generate(timeMs)
  }

  async #submitLater(timeMs: number, planned: Promise<readonly OutputJob[]>): Promise<boolean> {
    try {
      return await this.#submit(timeMs, await planned)
    } catch (error) {
      return this.#failed(timeMs, error)
    }
  }

  #submit(timeMs: number, jobs: readonly OutputJob[]): boolean | Promise<boolean> {
    const { inputInfos, checkpoints } = this.#parts
    const inputs = inputInfos.take(timeMs)
    if (checkpoints === undefined) return this.#submitted({ timeMs, jobs, inputs })
    return this.#submitLogged({ timeMs, jobs, inputs }, checkpoints)
  }

  /** A batch whose making is not safe does not begin: another process would make it of other data. */
  async #submitLogged(batch: PlannedBatch, checkpoints: RunCheckpoints): Promise<boolean> {
    const { timeMs, jobs, inputs } = batch
    const records = [...inputs.values()].reduce((sum, { numRecords }) => sum + numRecords, 0)
    try {
      await checkpoints.submitting(timeMs, jobs.length, records)
    } catch (error) {
      // Another batch can be written down.
      if (isUnfit(error)) return this.#failed(timeMs, error)
      this.#parts.logger.debug(() => `The batch of ${timeMs} ms does not begin: ${String(error)}`)
      return false
    }
    return this.#parts.gate.isCut ? false : this.#submitted(batch)
  }

  #submitted(batch: PlannedBatch): boolean {
    const { scheduler, checkpoints, cleanUp, logger } = this.#parts
    const { timeMs, jobs } = batch
    if (jobs.length === 0) {
      logger.info(() => `No jobs added for time ${timeMs} ms`)
      checkpoints?.generated(timeMs)
      cleanUp.done(timeMs)
      return false
    }
    scheduler.submit(batch)
    checkpoints?.generated(timeMs)
    return true
  }

  #failed(timeMs: number, cause: unknown): false {
    const { logger, bus, inputInfos, scheduler, checkpoints, onError, cleanUp } = this.#parts
    const error = new GenerationFailedError(timeMs, cause)
    logger.error(`Error generating jobs for time ${timeMs} ms`, cause)
    bus.post(() => ({ type: 'batchGenerationFailed', batchTime: new Time(timeMs), error }))
    inputInfos.take(timeMs)
    if (scheduler.hold(timeMs)) checkpoints?.notMade(timeMs)
    onError(error)
    cleanUp.done(timeMs)
    return false
  }
}
