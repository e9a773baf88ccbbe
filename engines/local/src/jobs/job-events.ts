import type { EngineEvent, ErrorData, Job } from '@dstream/core/engine'
import type { SkippedRecords, TaskSucceeded } from '../workers/protocol.ts'
import type { RunningTask } from './running-task.ts'
import type { StageRun } from './stage-run.ts'

/** Tells listeners what happens to jobs, stages and tasks. */
export class JobEvents {
  readonly #emit: (event: EngineEvent) => void
  readonly #now: () => number

  constructor({ emit, now }: { readonly emit: (event: EngineEvent) => void; readonly now: () => number }) {
    this.#emit = emit
    this.#now = now
  }

  jobStarted({ id, origin }: Job): void {
    this.#emit({ type: 'jobStarted', jobId: id, timeMs: this.#now(), origin })
  }

  jobEnded({ id }: Job, error?: ErrorData): void {
    this.#emit({ type: 'jobEnded', jobId: id, timeMs: this.#now(), ...(error === undefined ? {} : { error }) })
  }

  /** Tells it once, and notes it. */
  stageSubmitted(stage: StageRun, numTasks: number): void {
    if (stage.phase === 'submitted') return
    stage.phase = 'submitted'
    const { id, job, name } = stage
    this.#emit({ type: 'stageSubmitted', stageId: id, jobId: job.job.id, timeMs: this.#now(), name, numTasks })
  }

  stageCompleted(stage: StageRun, error?: ErrorData): void {
    stage.phase = 'completed'
    const about = { stageId: stage.id, jobId: stage.job.job.id, timeMs: this.#now() }
    this.#emit({ type: 'stageCompleted', ...about, ...(error === undefined ? {} : { error }) })
  }

  taskStarted(stage: StageRun, partition: number, worker: number): void {
    const attempt = stage.attemptOf(partition)
    this.#emit({ type: 'taskStarted', stageId: stage.id, partition, attempt, worker, timeMs: this.#now() })
  }

  taskEnded(
    { stage, partition, slot, told }: RunningTask,
    outcome: { readonly error: ErrorData } | Partial<Pick<TaskSucceeded, 'metrics' | 'accumulators'>>,
  ): void {
    if (told) return
    const about = { partition, attempt: stage.attemptOf(partition), worker: slot.number }
    this.#emit({ type: 'taskEnded', stageId: stage.id, ...about, timeMs: this.#now(), ...outcome })
  }

  recordsSkipped(stage: StageRun, partition: number, all: readonly SkippedRecords[]): void {
    for (const skipped of all) this.#emit({ type: 'recordsSkipped', stageId: stage.id, partition, ...skipped })
  }

  workerDied(worker: number, reason: string, lostPartitions: number): void {
    this.#emit({ type: 'workerDied', worker, timeMs: this.#now(), reason, lostPartitions })
    this.#emit({ type: 'workerStarted', worker, timeMs: this.#now() })
  }
}
