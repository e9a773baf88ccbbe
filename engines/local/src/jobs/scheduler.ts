import { JobFailedError, decodeRecords, errorFromData, errorToData } from '@dstream/core/engine'
import type { EngineEvent, ErrorData, Job, RddNode } from '@dstream/core/engine'
import type { PartitionName, Storage } from '../blocks/storage.ts'
import { removeFiles } from '../blocks/stored-files.ts'
import { ShuffleOutputs } from '../shuffle/shuffle-outputs.ts'
import { NotReadyError, TaskBuilder } from '../stages/build-task.ts'
import { FunctionTable } from '../stages/function-table.ts'
import { planStages } from '../stages/plan-stages.ts'
import type { Stage } from '../stages/plan-stages.ts'
import type { Terminal } from '../tasks/task-spec.ts'
import type { FromWorker, TaskFailed, TaskResult, TaskSucceeded } from '../workers/protocol.ts'
import { WorkerDiedError } from '../workers/worker-died-error.ts'
import type { WorkerSlot } from '../workers/worker-slot.ts'
import { JobRun } from './job-run.ts'
import { StageRun } from './stage-run.ts'
import { TaskQueue } from './task-queue.ts'

/** What the scheduler is told once. Numbers of attempts as in Spark's master URLs and `spark.task.maxFailures`. */
export interface SchedulerSettings {
  /** How often a task may fail before its job does. */
  readonly maxFailures: number
  /** How many workers a partition may bring down before its job fails. */
  readonly maxWorkerDeaths: number
  /** Shuffle blocks beyond this many bytes in shared memory go to disk. */
  readonly shuffleMemoryBytes: number
  /** The kept partitions. */
  readonly storage: Storage
  readonly emit: (event: EngineEvent) => void
  readonly now: () => number
}

interface RunningTask {
  readonly stage: StageRun
  readonly partition: number
  readonly slot: WorkerSlot
  /** The kept partitions that it reads. */
  readonly reads: readonly PartitionName[]
  /** Its end has been told already. */
  told: boolean
}

/**
 * Which task runs where, and what happens when one ends.
 *
 * `#advance` is the heart: it plans a job again from what is there (shuffle outputs, kept partitions, delivered results) and starts what is ready. It is
 * called whenever something has changed, and calling it once more changes nothing; so a lost worker, a lost partition and the normal
 * end of a stage are one path.
 *
 * Invariants: S1 a slot runs one task at a time. S2 a result reaches its job once. S3 a shuffle is computed by one job at a time, so its blocks
 * are of one run of each map task. S4 a job that has ended has no waiting tasks, and what its running tasks still send is dropped.
 */
export class Scheduler {
  readonly #settings: SchedulerSettings
  readonly #functions = new FunctionTable()
  readonly #kept: Storage
  readonly #outputs = new ShuffleOutputs()
  readonly #queue = new TaskQueue()
  readonly #jobs = new Set<JobRun>()
  readonly #running = new Map<number, RunningTask>()
  /** Which job computes a shuffle now. */
  readonly #computing = new Map<number, JobRun>()
  readonly #releasedLater = new Set<number>()
  #slots: readonly WorkerSlot[] = []
  #nextTask = 1
  #nextStage = 0

  constructor(settings: SchedulerSettings) {
    this.#settings = settings
    this.#kept = settings.storage
  }

  /** Gives the scheduler its workers. */
  useSlots(slots: readonly WorkerSlot[]): void {
    this.#slots = slots
  }

  async run(job: Job, onResult: (partition: number, result: unknown) => void, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    const run = new JobRun(job, onResult)
    this.#jobs.add(run)
    const abort = (): void => this.#end(run, { reason: signal!.reason })
    signal?.addEventListener('abort', abort, { once: true })
    const { emit, now } = this.#settings
    emit({ type: 'jobStarted', jobId: job.id, timeMs: now(), origin: job.origin, stageIds: [] })
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
    if (message.type === 'ready') return this.#dispatch()
    if (message.type === 'spilled') return this.#kept.onSpilled(slot.number, message)
    const task = this.#running.get(message.taskId)
    if (task === undefined) return
    this.#running.delete(message.taskId)
    this.#kept.unpin(task.reads)
    slot.running = undefined
    if (message.type === 'succeeded') this.#succeeded(task, message)
    else this.#failed(task, message)
    this.#dispatch()
  }

  onDeath(slot: WorkerSlot, reason: string): void {
    const { emit, now, maxWorkerDeaths } = this.#settings
    const lostPartitions = this.#kept.loseWorker(slot.number)
    emit({ type: 'workerDied', worker: slot.number, timeMs: now(), reason, lostPartitions })
    emit({ type: 'workerStarted', worker: slot.number, timeMs: now() })
    const taskId = slot.running
    slot.running = undefined
    const task = taskId === undefined ? undefined : this.#running.get(taskId)
    if (task !== undefined) {
      this.#running.delete(taskId!)
      this.#kept.unpin(task.reads)
      const error = new WorkerDiedError(reason, task.stage.name, task.partition)
      this.#taskEnded(task, { error: errorToData(error) })
      if (!task.stage.job.ended) {
        if (task.stage.died(task.partition) >= maxWorkerDeaths) this.#fail(task, error, task.stage.name, '')
        else this.#retry(task)
      }
    }
    for (const run of [...this.#jobs]) this.#advance(run)
    this.#dispatch()
  }

  #succeeded(task: RunningTask, message: TaskSucceeded): void {
    const { stage, partition, slot } = task
    const { metrics, accumulators } = message
    const counts = accumulators.length > 0 && !stage.job.ended && stage.awaits(partition)
    this.#taskEnded(task, { metrics, ...(counts ? { accumulators } : {}) })
    const { emit } = this.#settings
    for (const skipped of message.skipped) emit({ type: 'recordsSkipped', stageId: stage.id, partition, ...skipped })
    for (const kept of message.kept) this.#kept.add(kept, slot.number, stage.job.job.kept.get(kept.nodeId))
    if (stage.job.ended) return
    stage.active.delete(partition)
    if (message.result.kind === 'shuffle') {
      const { id, parents } = stage.shuffle!
      this.#outputs.add(id, partition, parents[0]!.numPartitions, message.result.blocks)
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
    this.#stageCompleted(stage)
    this.#end(run)
  }

  #shuffleComplete(stage: StageRun): void {
    this.#stageCompleted(stage)
    this.#computing.delete(stage.shuffle!.id)
    for (const run of [...this.#jobs]) this.#advance(run)
  }

  #failed(task: RunningTask, message: TaskFailed): void {
    const { stage } = task
    this.#taskEnded(task, { error: message.error })
    if (stage.job.ended) return
    if (message.missing !== undefined) this.#lose(stage.job, message.missing)
    else if (stage.failed(task.partition) >= this.#settings.maxFailures)
      return this.#fail(task, errorFromData(message.error), message.operator, message.site)
    this.#retry(task)
  }

  /** What a task did not find is not there: the next plan does without it. */
  #lose(run: JobRun, { nodeId, partition }: PartitionName): void {
    run.ignoreKept = true
    this.#kept.lose(nodeId, partition)
    removeFiles(this.#outputs.release(nodeId))
  }

  #retry(task: RunningTask): void {
    task.stage.active.delete(task.partition)
    this.#advance(task.stage.job)
  }

  #fail(task: RunningTask, cause: unknown, operator: string | undefined, site: string | undefined): void {
    const { stage, partition } = task
    const { origin, id } = stage.job.job
    const attempts = stage.attemptOf(partition)
    this.#end(stage.job, {
      reason: new JobFailedError({
        jobId: id,
        stageId: stage.id,
        partition,
        attempts,
        operator: operator ?? stage.name,
        site: site ?? '',
        origin,
        cause,
      }),
    })
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
    this.#dispatch()
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
    this.#submit(stage, partitions)
    for (const partition of partitions) {
      if (stage.active.has(partition)) continue
      stage.active.add(partition)
      this.#queue.push({ stage, partition, worker: this.#preferredWorker(stage, partition) })
    }
  }

  #submit(stage: StageRun, partitions: readonly number[]): void {
    if (stage.phase === 'submitted') return
    stage.phase = 'submitted'
    const { emit, now } = this.#settings
    emit({
      type: 'stageSubmitted',
      stageId: stage.id,
      jobId: stage.job.job.id,
      timeMs: now(),
      name: stage.name,
      numTasks: partitions.length,
    })
  }

  /**
   * Where live records are kept or will be, a partition goes to the same worker in every job: so what belongs together is on one heap. All other
   * tasks go to whoever is free.
   */
  #preferredWorker(stage: StageRun, partition: number): number | undefined {
    return stage.usesHeap ? partition % this.#slots.length : undefined
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      while (slot.running === undefined) {
        const task = this.#queue.takeFor(slot.number)
        if (task === undefined) break
        this.#launch(slot, task.stage, task.partition)
      }
    }
  }

  #launch(slot: WorkerSlot, stage: StageRun, partition: number): void {
    const { job } = stage.job
    const builder = new TaskBuilder({
      functions: this.#functions,
      kept: this.#kept,
      outputs: this.#outputs,
      levels: job.kept,
      worker: slot.number,
    })
    try {
      const pipelines = builder.pipelines(stage.root, partition)
      const terminal = this.#terminal(stage, builder)
      const taskId = this.#nextTask++
      const { emit, now, shuffleMemoryBytes } = this.#settings
      emit({
        type: 'taskStarted',
        stageId: stage.id,
        partition,
        attempt: stage.attemptOf(partition),
        worker: slot.number,
        timeMs: now(),
      })
      slot.running = taskId
      this.#running.set(taskId, { stage, partition, slot, reads: builder.reads, told: false })
      this.#kept.pin(builder.reads)
      slot.post({
        type: 'run',
        taskId,
        stageId: stage.id,
        partition,
        attempt: stage.attemptOf(partition),
        batchTimeMs: job.origin.batchTimeMs,
        define: slot.unknown([...builder.functions.values()]),
        classes: slot.unknownClasses(),
        spec: { pipelines, terminal },
        spill: this.#outputs.bytesInMemory > shuffleMemoryBytes,
      })
    } catch (error) {
      if (!(error instanceof NotReadyError)) return this.#end(stage.job, { reason: error })
      stage.job.ignoreKept = true
      stage.active.delete(partition)
      this.#advance(stage.job)
    }
  }

  #terminal(stage: StageRun, builder: TaskBuilder): Terminal {
    if (stage.shuffle !== undefined) return builder.shuffleTerminal(stage.shuffle)
    const { action, origin } = stage.job.job
    if (action.kind !== 'run') return action
    return { kind: 'run', f: builder.number(action.f), async: action.async, operator: origin.action, site: origin.site }
  }

  #end(run: JobRun, error?: { readonly reason: unknown }): void {
    if (run.ended) return
    run.settle(error)
    this.#jobs.delete(run)
    this.#queue.remove(task => task.stage.job === run)
    this.#giveUpTasks(run)
    for (const [shuffle, owner] of this.#computing) if (owner === run) this.#abandon(shuffle)
    const { emit, now } = this.#settings
    const data: { error?: ErrorData } = error === undefined ? {} : { error: errorToData(error.reason) }
    for (const stage of run.stages.values()) if (stage.phase === 'submitted') this.#stageCompleted(stage, data.error)
    emit({ type: 'jobEnded', jobId: run.job.id, timeMs: now(), ...data })
    const unused = this.#functions.age()
    if (unused.length > 0) for (const slot of this.#slots) slot.forget(unused)
    for (const other of [...this.#jobs]) this.#advance(other)
    if (this.#releasedLater.size > 0) {
      const later = [...this.#releasedLater]
      this.#releasedLater.clear()
      this.release(later)
    }
  }

  /** The tasks of a job that has ended: nobody waits for them, and what they still send is dropped (S4). */
  #giveUpTasks(run: JobRun): void {
    for (const [taskId, task] of this.#running) {
      if (task.stage.job !== run) continue
      task.slot.giveUp(taskId)
      this.#taskEnded(task, { error: errorToData(new Error('The job has ended; this task was given up')) })
      task.told = true
    }
  }

  /** A shuffle that its job left unfinished: what is there of it is dropped, so that another job computes it from the start (S3). */
  #abandon(shuffle: number): void {
    this.#computing.delete(shuffle)
    removeFiles(this.#outputs.release(shuffle))
  }

  #stageCompleted(stage: StageRun, error?: ErrorData): void {
    stage.phase = 'completed'
    const { emit, now } = this.#settings
    const data = error === undefined ? {} : { error }
    emit({ type: 'stageCompleted', stageId: stage.id, jobId: stage.job.job.id, timeMs: now(), ...data })
  }

  #taskEnded(
    { stage, partition, slot, told }: RunningTask,
    outcome: { readonly error: ErrorData } | Partial<Pick<TaskSucceeded, 'metrics' | 'accumulators'>>,
  ): void {
    if (told) return
    const { emit, now } = this.#settings
    emit({
      type: 'taskEnded',
      stageId: stage.id,
      partition,
      attempt: stage.attemptOf(partition),
      worker: slot.number,
      timeMs: now(),
      ...outcome,
    })
  }
}

function resultOf(result: TaskResult): unknown {
  switch (result.kind) {
    case 'records':
      return decodeRecords(result.bytes)
    case 'value':
      return decodeRecords(result.bytes)[0]
    case 'count':
      return result.count
    case 'shuffle':
      return undefined
  }
}
