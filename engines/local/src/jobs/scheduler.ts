import { errorFromData, errorToData } from '@dstream/core/engine'
import type { Job, RddNode } from '@dstream/core/engine'
import type { Storage } from '../blocks/storage.ts'
import { removeFiles } from '../blocks/stored-files.ts'
import { ShuffleOutputs } from '../shuffle/shuffle-outputs.ts'
import { NotReadyError } from '../stages/build-task.ts'
import { planStages } from '../stages/plan-stages.ts'
import type { Stage } from '../stages/plan-stages.ts'
import type { FromWorker, MissingData, TaskFailed, TaskResult, TaskSucceeded } from '../workers/protocol.ts'
import { WorkerDiedError } from '../workers/worker-died-error.ts'
import type { WorkerSlot } from '../workers/worker-slot.ts'
import { Dispatcher } from './dispatcher.ts'
import { dropLate } from './drop-late.ts'
import { JobEvents } from './job-events.ts'
import { jobFailure } from './job-failure.ts'
import { JobRun } from './job-run.ts'
import { resultOf } from './result-of.ts'
import type { RunningTask } from './running-task.ts'
import type { SchedulerSettings } from './scheduler-settings.ts'
import { StageRun } from './stage-run.ts'

/**
 * Which tasks there are, and what happens when one ends. Where they run is the dispatcher's.
 *
 * `#advance` is the heart: it plans a job again from what is there (shuffle outputs, kept partitions, delivered results) and starts what is ready. It is
 * called whenever something has changed, and calling it once more changes nothing; so a lost worker, a lost partition and the normal
 * end of a stage are one path.
 *
 * Invariants: S2 a result reaches its job once. S3 a shuffle is computed by one job at a time, so its blocks are of one run of each map task. S4 a job that
 * has ended has no waiting tasks, and what its running tasks still send is dropped.
 */
export class Scheduler {
  readonly #settings: SchedulerSettings
  readonly #kept: Storage
  readonly #outputs = new ShuffleOutputs()
  readonly #tasks: Dispatcher
  readonly #events: JobEvents
  readonly #jobs = new Set<JobRun>()
  /** Which job computes a shuffle now. */
  readonly #computing = new Map<number, JobRun>()
  readonly #releasedLater = new Set<number>()
  #nextStage = 0

  constructor(settings: SchedulerSettings) {
    this.#settings = settings
    const { storage, shuffleMemoryBytes } = settings
    this.#kept = storage
    this.#events = new JobEvents(settings)
    this.#tasks = new Dispatcher({
      ...{ storage, shuffleMemoryBytes, outputs: this.#outputs },
      onStarted: (stage, partition, worker) => this.#events.taskStarted(stage, partition, worker),
      onUnstartable: (stage, partition, error) => this.#unstartable(stage, partition, error),
    })
  }

  /** Gives the scheduler its workers. */
  useSlots(slots: readonly WorkerSlot[]): void {
    this.#tasks.useSlots(slots)
  }

  async run(job: Job, onResult: (partition: number, result: unknown) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const run = new JobRun(job, onResult)
    this.#jobs.add(run)
    const abort = (): void => this.#end(run, { reason: signal!.reason })
    signal?.addEventListener('abort', abort, { once: true })
    this.#events.jobStarted(job)
    if (run.undelivered.size === 0) this.#end(run)
    else this.#advance(run)
    try {
      await run.done
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Ends every job; called when the engine closes. */
  abortAll(reason: unknown): void {
    for (const run of [...this.#jobs]) this.#end(run, { reason })
  }

  /** Forgets what is kept of these nodes; what a running job reads is forgotten when that job ends. */
  release(nodeIds: readonly number[]): void {
    const jobs = [...this.#jobs]
    const free = nodeIds.filter(id => !jobs.some(run => run.reads(id)))
    for (const id of nodeIds) if (!free.includes(id)) this.#releasedLater.add(id)
    for (const id of free) this.#releaseNow(id)
  }

  #releaseNow(nodeId: number): void {
    this.#kept.release(nodeId)
    removeFiles(this.#outputs.release(nodeId))
  }

  // ---- what workers tell

  onMessage(slot: WorkerSlot, message: FromWorker): void {
    if (message.type === 'ready') return this.#tasks.dispatch()
    if (message.type === 'spilled') return this.#kept.onSpilled(slot.number, message)
    if (message.type === 'exported') return this.#tasks.arrived(message)
    const task = this.#tasks.ended(slot, message.taskId)
    if (task === undefined) return
    if (message.type === 'succeeded') this.#succeeded(task, message)
    else this.#failed(task, message)
    this.#tasks.dispatch()
  }

  onDeath(slot: WorkerSlot, reason: string): void {
    this.#events.workerDied(slot.number, reason, this.#kept.loseWorker(slot.number))
    for (const task of this.#tasks.lost(slot)) this.#lost(task, reason)
    this.#tasks.unreachable(slot.number)
    for (const run of [...this.#jobs]) this.#advance(run)
    this.#tasks.dispatch()
  }

  /** A task whose worker is gone. */
  #lost(task: RunningTask, reason: string): void {
    const { stage, partition } = task
    const error = new WorkerDiedError(reason, stage.name, partition)
    this.#events.taskEnded(task, { error: errorToData(error) })
    if (stage.job.ended) return
    if (stage.died(partition) >= this.#settings.maxWorkerDeaths) this.#fail(task, error, stage.name, '')
    else this.#retry(task)
  }

  #succeeded(task: RunningTask, message: TaskSucceeded): void {
    const { stage, partition, slot } = task
    const { metrics, accumulators } = message
    const counts = accumulators.length > 0 && !stage.job.ended && stage.awaits(partition)
    this.#events.taskEnded(task, { metrics, ...(counts ? { accumulators } : {}) })
    this.#events.recordsSkipped(stage, partition, message.skipped)
    if (stage.job.ended) return dropLate(message, slot, this.#kept)
    for (const kept of message.kept) this.#kept.add(kept, slot.number, stage.job.job.kept.get(kept.nodeId))
    stage.active.delete(partition)
    if (message.result.kind === 'shuffle') {
      const { id, parents } = stage.shuffle!
      removeFiles(this.#outputs.add(id, partition, parents[0]!.numPartitions, message.result.blocks))
      if (this.#outputs.isComplete(id, parents[0]!.numPartitions)) this.#shuffleComplete(stage)
    } else this.#deliver(stage, partition, message.result)
  }

  #deliver(stage: StageRun, partition: number, result: TaskResult): void {
    const { job: run } = stage
    if (!run.undelivered.delete(partition)) return
    try {
      run.onResult(partition, resultOf(result))
    } catch (error) {
      return this.#end(run, { reason: error })
    }
    if (run.ended || run.undelivered.size > 0) return
    this.#events.stageCompleted(stage)
    this.#end(run)
  }

  #shuffleComplete(stage: StageRun): void {
    this.#events.stageCompleted(stage)
    this.#computing.delete(stage.shuffle!.id)
    for (const run of [...this.#jobs]) this.#advance(run)
  }

  #failed(task: RunningTask, message: TaskFailed): void {
    const { stage } = task
    this.#events.taskEnded(task, { error: message.error })
    if (stage.job.ended) return
    const { missing } = message
    // What is gone each time it has been made would be made for ever: in the end that is a failure as others are.
    if (missing !== undefined && stage.job.missed(missing) < this.#settings.maxWorkerDeaths)
      this.#lose(stage.job, missing)
    else if (stage.failed(task.partition) >= this.#settings.maxFailures)
      return this.#fail(task, errorFromData(message.error), message.operator, message.site)
    this.#retry(task)
  }

  /** What a task did not find is not there: the next plan does without it. Another task may have said so before, and the shuffle run again. */
  #lose(job: JobRun, { nodeId, partition, run }: MissingData): void {
    job.ignoreKept = true
    this.#kept.lose(nodeId, partition)
    if (run === this.#outputs.runOf(nodeId)) removeFiles(this.#outputs.release(nodeId))
  }

  #retry(task: RunningTask): void {
    task.stage.active.delete(task.partition)
    this.#advance(task.stage.job)
  }

  #fail(task: RunningTask, cause: unknown, operator: string | undefined, site: string | undefined): void {
    this.#end(task.stage.job, { reason: jobFailure(task, cause, operator, site) })
  }

  // ---- from jobs to tasks

  /** Starts every stage of the job whose inputs are there. Changes nothing where nothing has changed. */
  #advance(run: JobRun): void {
    if (run.ended) return
    const planned = planStages(run.job.target, {
      shuffle: node => this.#outputs.isComplete(node.id, node.parents[0]!.numPartitions),
      kept: node => !run.ignoreKept && this.#isThere(run.job, node),
    })
    for (const stage of planned) if (stage.waitsFor.length === 0) this.#start(run, stage)
    this.#tasks.dispatch()
  }

  /** Every partition of a node that is kept, or of a version of keyed state, is there. */
  #isThere(job: Job, node: RddNode): boolean {
    return (node.kind === 'state' || job.kept.has(node.id)) && this.#kept.has(node.id, node.numPartitions)
  }

  #start(run: JobRun, { shuffle, root }: Stage): void {
    if (shuffle !== undefined) {
      const computing = this.#computing.get(shuffle.id)
      if (computing !== undefined && computing !== run) return
      this.#computing.set(shuffle.id, run)
    }
    const key = shuffle?.id ?? 'result'
    let stage = run.stages.get(key)
    if (stage === undefined) run.stages.set(key, (stage = new StageRun(this.#nextStage++, run, shuffle, root)))
    const partitions =
      shuffle === undefined ? [...run.undelivered] : this.#outputs.missing(shuffle.id, root.numPartitions)
    this.#events.stageSubmitted(stage, partitions.length)
    for (const partition of partitions) {
      if (stage.active.has(partition)) continue
      stage.active.add(partition)
      this.#tasks.add(stage, partition)
    }
  }

  #unstartable({ job, active }: StageRun, partition: number, error: unknown): void {
    if (!(error instanceof NotReadyError)) return this.#end(job, { reason: error })
    job.ignoreKept = true
    active.delete(partition)
    this.#advance(job)
  }

  #end(run: JobRun, error?: { readonly reason: unknown }): void {
    if (run.ended) return
    run.settle(error)
    this.#jobs.delete(run)
    this.#giveUpTasks(run)
    for (const [shuffle, owner] of this.#computing) if (owner === run) this.#abandon(shuffle)
    const data = error === undefined ? undefined : errorToData(error.reason)
    for (const stage of run.stages.values()) if (stage.phase === 'submitted') this.#events.stageCompleted(stage, data)
    this.#events.jobEnded(run.job, data)
    this.#tasks.forgetUnused()
    for (const other of [...this.#jobs]) this.#advance(other)
    if (this.#releasedLater.size > 0) {
      const later = [...this.#releasedLater]
      this.#releasedLater.clear()
      this.release(later)
    }
  }

  /** The tasks of a job that has ended: nobody waits for them, and what they still send is dropped (S4). */
  #giveUpTasks(run: JobRun): void {
    for (const task of this.#tasks.giveUp(run)) {
      this.#events.taskEnded(task, { error: errorToData(new Error('The job has ended; this task was given up')) })
      task.told = true
    }
  }

  /** A shuffle that its job left unfinished: what is there of it is dropped, so that another job computes it from the start (S3). */
  #abandon(shuffle: number): void {
    this.#computing.delete(shuffle)
    removeFiles(this.#outputs.release(shuffle))
  }
}
