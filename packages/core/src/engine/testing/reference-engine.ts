import { decodeRecords, encodeRecords } from '../../codec/index.ts'
import { Instantiator } from '../../closures/index.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import { errorToData } from '../../errors/index.ts'
import '../../rdd/builtins/index.ts'
import type { RddNode, ShuffleNode } from '../../rdd/plan/node.ts'
import { SystemClock, type Clock } from '../../time/index.ts'
import type { Capability, Engine, LongRunningHandle, LongRunningTask } from '../engine.ts'
import type { EngineEvent } from '../events.ts'
import type { Job } from '../job.ts'
import { JobFailedError } from '../job-failed-error.ts'
import { accumulatorUpdates, broadcastTable } from '../shared-variables/index.ts'
import { TaskContext } from '../task-context.ts'
import { Evaluation, type Computed } from './evaluation.ts'
import { functionsOf } from './functions-of.ts'
import { launchInProcess } from './launch-in-process.ts'

type Bytes = Uint8Array<SharedArrayBuffer>

export interface ReferenceOptions {
  /** The default number of partitions; nothing runs in parallel. Default 2. */
  readonly parallelism?: number
  /** How often a task is tried. Default 1. */
  readonly maxFailures?: number
  /** Where the times of events come from. */
  readonly clock?: Clock
  /** Waited for before each task: lets others in. Default: timers, aborts, another job. */
  readonly turn?: () => Promise<void>
}

/**
 * The engine that says what is right: it interprets plans naively, in the driver's thread, one task after the other. Data crosses shuffles, caches
 * and the way to the driver as bytes, as everywhere, so that nothing is shared by accident. Every other engine must do what it does.
 */
export class ReferenceEngine implements Engine {
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['long-running', 'shared-blocks'])
  readonly defaultParallelism: number
  readonly #maxFailures: number
  readonly #clock: Clock
  readonly #turn: () => Promise<void>
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  readonly #shuffled = new Map<number, readonly (readonly Bytes[])[]>()
  readonly #kept = new Map<number, Map<number, Bytes>>()
  /** The nodes of which listeners know that they are kept. */
  readonly #told = new Set<number>()
  readonly #instantiator = new Instantiator()
  readonly #closing = new AbortController()
  readonly #launched = new Set<LongRunningHandle>()
  readonly #broadcasts = new Set<string>()
  #lastStage = -1
  #lastTask = -1

  constructor(options: ReferenceOptions = {}) {
    const { parallelism = 2, maxFailures = 1, clock = new SystemClock(), turn = nextTurn } = options
    this.defaultParallelism = parallelism
    this.#maxFailures = maxFailures
    this.#clock = clock
    this.#turn = turn
  }

  async run(job: Job, onResult: (partition: number, result: unknown) => void, signal?: AbortSignal): Promise<void> {
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    stop.throwIfAborted()
    this.#emit({ type: 'jobStarted', jobId: job.id, timeMs: this.#clock.now(), origin: job.origin })
    const deliver = (partition: number, result: unknown): void => {
      if (!stop.aborted) onResult(partition, result)
    }
    try {
      await unlessAborted(stop, this.#runJob(job, deliver, stop))
      this.#emit({ type: 'jobEnded', jobId: job.id, timeMs: this.#clock.now() })
    } catch (error) {
      this.#emit({ type: 'jobEnded', jobId: job.id, timeMs: this.#clock.now(), error: errorToData(error) })
      throw error
    }
  }

  release(nodeIds: readonly number[]): void {
    for (const id of nodeIds) {
      this.#shuffled.delete(id)
      const kept = this.#told.delete(id) ? (this.#kept.get(id) ?? []) : []
      this.#kept.delete(id)
      for (const [partition, { length }] of kept) {
        const about = { nodeId: id, partition, memoryBytes: length, timeMs: this.#clock.now() }
        this.#emit({ type: 'partitionEvicted', reason: 'released', ...about })
      }
    }
  }

  /** Loses what is kept of these nodes, and their shuffle outputs, as when the worker that had them dies: jobs compute them again. */
  lose(isLost: (nodeId: number) => boolean): void {
    for (const data of [this.#shuffled, this.#kept]) for (const id of data.keys()) if (isLost(id)) data.delete(id)
  }

  broadcast(key: string, bytes: Bytes): void {
    this.#broadcasts.add(key)
    broadcastTable.add(key, bytes)
  }

  releaseBroadcast(key: string, destroyed?: string): void {
    broadcastTable.release(key, destroyed)
  }

  launch(task: LongRunningTask): LongRunningHandle {
    const handle = launchInProcess(task, this.#instantiator)
    this.#launched.add(handle)
    return handle
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('The engine was closed'))
    await Promise.all([...this.#launched].map(handle => handle.terminate()))
    for (const key of this.#broadcasts) broadcastTable.remove(key)
  }

  async #runJob(job: Job, deliver: (partition: number, result: unknown) => void, stop: AbortSignal): Promise<void> {
    await this.#instantiator.prepare(functionsOf(job))
    const shuffled = new Map<number, readonly (readonly Bytes[])[]>()
    const computed = this.#computed(job, shuffled)
    for (const node of this.#neededShuffles(job)) {
      const partitions = Array.from({ length: node.parents[0]!.numPartitions }, (_, i) => i)
      const known = this.#shuffled.get(node.id)
      const outputs: (readonly Bytes[])[] = []
      if (known === undefined) {
        await this.#runStage({ job, node, partitions, stop, computed }, async (evaluation, partition) => {
          outputs[partition] = await evaluation.shuffleOutput(node, partition)
        })
        this.#shuffled.set(node.id, outputs)
      }
      shuffled.set(node.id, known ?? outputs)
    }
    await this.#runStage(
      { job, node: job.target, partitions: job.partitions, stop, computed },
      async (evaluation, partition) => {
        const result = await evaluation.result(job.target, partition, job.action)
        deliver(partition, decodeRecords(encodeRecords([result]))[0])
      },
    )
  }

  /** What this job may use: data that is released while it runs stays there for it. */
  #computed(job: Job, shuffled: Computed['shuffled']): Computed {
    const own = new Map([...this.#kept].map(([id, partitions]) => [id, new Map(partitions)]))
    return {
      shuffled,
      kept: (nodeId, partition) => own.get(nodeId)?.get(partition),
      keeps: nodeId => job.kept.has(nodeId),
      keep: (nodeId, partition, records) => {
        for (const kept of [own, this.#kept]) {
          if (!kept.has(nodeId)) kept.set(nodeId, new Map())
          kept.get(nodeId)!.set(partition, records)
        }
        // Versions of keyed state are kept, too, and are no storage.
        const level = job.kept.get(nodeId)?.name
        if (level === undefined) return
        this.#told.add(nodeId)
        const size = { memoryBytes: records.length, diskBytes: 0 }
        this.#emit({ type: 'partitionKept', nodeId, partition, level, ...size, timeMs: this.#clock.now() })
      },
    }
  }

  /** The shuffles between the target and what is kept in full, parents first. */
  #neededShuffles({ target }: Job): ShuffleNode[] {
    const found = new Map<number, RddNode>()
    const pending = [target]
    while (pending.length > 0) {
      const node = pending.pop()!
      if (found.has(node.id)) continue
      found.set(node.id, node)
      const keptInFull = this.#kept.get(node.id)?.size === node.numPartitions
      const shuffledBefore = node.kind === 'shuffle' && this.#shuffled.has(node.id)
      if (!keptInFull && !shuffledBefore) pending.push(...node.parents)
      if (keptInFull) found.set(node.id, { ...node, kind: 'source' } as RddNode)
    }
    return [...found.values()].sort((a, b) => a.id - b.id).filter(node => node.kind === 'shuffle')
  }

  async #runStage(stage: Stage, task: (evaluation: Evaluation, partition: number) => Promise<void>): Promise<void> {
    const { job, node, partitions } = stage
    const stageId = ++this.#lastStage
    const about = { stageId, jobId: job.id }
    const numTasks = partitions.length
    this.#emit({ type: 'stageSubmitted', ...about, timeMs: this.#clock.now(), name: node.operator, numTasks })
    try {
      for (const partition of partitions) await this.#runTask(stage, { stageId, partition }, task)
      this.#emit({ type: 'stageCompleted', ...about, timeMs: this.#clock.now() })
    } catch (error) {
      this.#emit({ type: 'stageCompleted', ...about, timeMs: this.#clock.now(), error: errorToData(error) })
      throw error
    }
  }

  async #runTask(
    stage: Stage,
    place: Place,
    task: (evaluation: Evaluation, partition: number) => Promise<void>,
  ): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      await this.#turn()
      stage.stop.throwIfAborted()
      const evaluation = new Evaluation(stage.computed, f => this.#instantiate(f))
      const failed = await this.#attempt(stage, { ...place, attempt }, () => task(evaluation, place.partition))
      if (failed === undefined) return
      if (attempt + 1 >= this.#maxFailures) throw this.#jobFailed(stage, place, failed.error, evaluation)
    }
  }

  async #attempt(
    stage: Stage,
    { stageId, partition, attempt }: Place & { attempt: number },
    task: () => Promise<void>,
  ): Promise<{ error: unknown } | undefined> {
    const about = { stageId, partition, attempt, worker: 0 }
    const context = {
      stageId,
      partitionId: partition,
      attemptNumber: attempt,
      taskAttemptId: ++this.#lastTask,
      batchTimeMs: stage.job.origin.batchTimeMs,
    }
    this.#emit({ type: 'taskStarted', ...about, timeMs: this.#clock.now() })
    try {
      const accumulators = await TaskContext.run(context, async () => {
        await task()
        return accumulatorUpdates()
      })
      this.#emit({
        type: 'taskEnded',
        ...about,
        timeMs: this.#clock.now(),
        ...(stage.stop.aborted ? {} : { accumulators }),
      })
      return undefined
    } catch (error) {
      this.#emit({ type: 'taskEnded', ...about, timeMs: this.#clock.now(), error: errorToData(error) })
      return { error }
    }
  }

  #jobFailed(
    { job, node }: Stage,
    { stageId, partition }: Place,
    cause: unknown,
    evaluation: Evaluation,
  ): JobFailedError {
    const { operator, site } = evaluation.culprit(cause) ?? node
    return new JobFailedError({
      jobId: job.id,
      stageId,
      partition,
      attempts: this.#maxFailures,
      operator,
      site,
      origin: job.origin,
      cause,
    })
  }

  #instantiate(f: TaskFunction): (...args: unknown[]) => unknown {
    return this.#instantiator.instantiate(f) as (...args: unknown[]) => unknown
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

interface Stage {
  readonly job: Job
  readonly node: RddNode
  readonly partitions: readonly number[]
  readonly stop: AbortSignal
  readonly computed: Computed
}

interface Place {
  readonly stageId: number
  readonly partition: number
}

/** The outcome of `work`, or the signal's reason as soon as it is aborted. */
function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
