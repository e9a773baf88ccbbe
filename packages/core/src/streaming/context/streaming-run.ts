import type { Logger } from '../../logging/index.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { firstTick, Milliseconds, Time, type Clock } from '../../time/index.ts'
import type { BatchFeed } from '../batches/batch-feed.ts'
import { BatchGenerator } from '../batches/batch-generator.ts'
import { BatchPlanner, type RunOutput } from '../batches/batch-planner.ts'
import { GeneratedRdds, PlanningPending } from '../batches/generated-rdds.ts'
import { GenerationFailedError } from '../batches/generation-failed-error.ts'
import { resumeFrom, type Resume } from '../checkpoint/resume.ts'
import { RunCheckpoints, type CheckpointMeans } from '../checkpoint/run-checkpoints.ts'
import type { InputInfos } from '../batches/input-info.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { Allocation } from '../dstream/input-dstream.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import { retentionOf, validateIntervals, type Retention } from '../dstream/retention.ts'
import { notInitialized } from '../errors.ts'
import type { ListenerBus } from '../events/listener-bus.ts'
import { JobScheduler } from '../jobs/job-scheduler.ts'
import type { OutputJob, PlannedBatch } from '../jobs/output-job.ts'
import type { RddContext } from '../../rdd/context.ts'
import { lastBatchMs, type DriverState } from '../write-ahead-log/driver-log/index.ts'
import { Stopping, type StopEffects } from './stopping.ts'

/** Batches that may be planned and waiting at a time; those that are due beyond that are only counted. */
const maxBatchesInFlight = 100

/** For so many batches a program that ends because an output has failed may take to do so: then its restart runs the failed batch again. */
const failedBatchesHeld = 10

/** What a run needs of the SparkContext that it runs on. */
export interface RunContext extends RddContext {
  /** The number that the next new RDD node will get. */
  readonly nextNodeId: number
  /** Forgets what is kept of these RDD nodes. */
  release(nodeIds: readonly number[]): void
  releaseUnkept(nodeIds: readonly number[]): void
  /** Another object that stands for a node. */
  adopt(node: RddNode): void
  /** Cancels the jobs that output operations have started. */
  cancelJobsOfStreams(reason: string): void
}

export interface StreamingRunParts {
  readonly graph: StreamGraph
  readonly context: RunContext
  readonly clock: Clock
  readonly bus: ListenerBus
  readonly inputInfos: InputInfos
  readonly feed: BatchFeed
  readonly logger: (component: string) => Logger
  readonly runOutput: RunOutput
  readonly concurrentJobs: number
  readonly unpersist: boolean
  /** How long a graceful stop may take. */
  readonly gracefulStopMs: number
  /** Undefined: no checkpoints are written. */
  readonly checkpoints: CheckpointMeans | undefined
  /** A batch failed; the streams go on. */
  readonly onError: (error: unknown) => void
}

/** A started graph: everything that exists between start and stop, wired together. */
export class StreamingRun {
  readonly #parts: StreamingRunParts
  readonly #logger: Logger
  readonly #retention: ReadonlyMap<number, Retention>
  readonly #firstMs: number
  readonly #rdds: GeneratedRdds
  readonly #checkpoints: RunCheckpoints | undefined
  /** What was taken over from an earlier run. */
  readonly resumed: Resume | undefined
  readonly #planner: BatchPlanner
  readonly #generator: BatchGenerator
  readonly #scheduler: JobScheduler
  /** Until the input streams are ready. */
  #starting: Promise<unknown> | undefined
  #onDrained: () => void = () => {}
  readonly #stopping: Stopping
  /** Nothing may be begun any more. */
  #cut = false
  /** The latest batch that is done. */
  #doneMs = 0

  /** @throws DStreamError when the intervals do not fit together */
  constructor(parts: StreamingRunParts) {
    const { graph, clock, context, bus, logger, concurrentJobs, onError, runOutput } = parts
    this.#parts = parts
    this.#logger = logger('JobGenerator')
    const roots = graph.outputs.map(output => output.parent)
    this.#retention = retentionOf(roots, graph.settings, graph.rememberMs)
    validateIntervals(roots, this.#retention, parts.checkpoints !== undefined)
    const claimed = parts.checkpoints?.claimed
    this.resumed = claimed && resumeFrom(claimed.content, graph, this.#retention)
    this.#firstMs = firstBatch(clock.now(), graph.batchMs, this.resumed, claimed && lastBatchMs(claimed.log.state))
    const zeroMs = this.resumed?.zeroMs ?? this.#firstMs - graph.batchMs
    graph.begin(zeroMs)
    this.#rdds = new GeneratedRdds({
      context,
      nextNodeId: () => context.nextNodeId,
      zeroMs,
      ...(this.resumed && { beginsAfterMs: this.resumed.beginsAfterMs }),
      retention: this.#retention,
      settings: graph.settings,
      inputs: new Map(graph.inputs.map(input => [input.id, time => input.compute(time)])),
    })
    if (parts.checkpoints !== undefined) {
      this.#checkpoints = new RunCheckpoints({
        ...{ ...parts.checkpoints, context, graph, rdds: this.#rdds, clock, zeroMs, logger },
        beginsAfterMs: this.resumed?.beginsAfterMs,
        openBatches: () => this.#scheduler.openBatches,
        heldBatches: () => this.#scheduler.heldBatches,
        onFenced: error => this.#cannotGoOn(error),
      })
      if (this.resumed !== undefined) this.#checkpoints.resume(this.resumed)
    }
    this.#planner = new BatchPlanner(this.#rdds, graph.outputs, zeroMs, runOutput)
    const onBatchCompleted = (timeMs: number, held: boolean): void => {
      if (!held) this.#checkpoints?.batchCompleted(timeMs)
      this.#cleanUp(timeMs)
      this.#generator.completed()
    }
    const schedulerLogger = logger('JobScheduler')
    this.#scheduler = new JobScheduler({
      clock,
      logger: schedulerLogger,
      bus,
      concurrent: concurrentJobs,
      onError: error => {
        schedulerLogger.error(`Error running job streaming job ${error.batchTimeMs} ms.${error.outputOpId}`, error)
        onError(error)
      },
      onBatchBegun: timeMs => this.#checkpoints?.began(timeMs),
      onOutputEnded: (timeMs, id, error) => this.#checkpoints?.outputFinished(timeMs, id, error?.message),
      ...{ onBatchCompleted, onBatchGivenUp: timeMs => this.#checkpoints?.batchCompleted(timeMs) },
      failedHeld: parts.checkpoints === undefined ? 0 : failedBatchesHeld,
    })
    this.#generator = new BatchGenerator(clock, graph.batchMs, maxBatchesInFlight, {
      allocate: timeMs => parts.feed.allocate(timeMs),
      generate: timeMs => this.#generate(timeMs),
      drained: () => this.#onDrained(),
      waitsForClock: (nextMs, waitMs) =>
        this.#logger.warn(`The clock went back: the next batch, of time ${nextMs} ms, waits ${waitMs} ms for it`),
    })
    this.#stopping = new Stopping({
      ...{ clock, logger: this.#logger, gracefulMs: parts.gracefulStopMs },
      effects: this.#stopEffects(),
    })
  }

  /** Starts receivers, input streams and the batch clock. @throws whatever an input stream's `start` throws */
  start(): void {
    const starting: Promise<unknown>[] = []
    if (this.#checkpoints !== undefined) {
      // Without the right to write, no batch is begun.
      starting.push(this.#open(this.#checkpoints).catch((error: unknown) => this.#cannotGoOn(error)))
    }
    const before = this.#checkpoints?.recovered.inputs ?? new Map<number, never>()
    for (const input of this.#parts.graph.inputs) {
      const memory = this.resumed?.memories.get(input.id)
      if (memory !== undefined) input.recall(memory, allocationsOf(input.id, before))
      const started = input.start()
      if (started instanceof Promise) starting.push(started)
    }
    if (starting.length > 0) {
      this.#starting = Promise.all(starting)
        .catch(this.#parts.onError)
        .finally(() => (this.#starting = undefined))
    }
    // With a log, nothing is received before it is open, and no batch is made before what it holds is there.
    if (this.#checkpoints?.hasBlocks !== true) this.#begin()
    else void this.#starting?.then(() => this.#cut || this.#begin())
  }

  async #open(checkpoints: RunCheckpoints): Promise<void> {
    const log = await checkpoints.open()
    if (checkpoints.hasBlocks) this.#parts.feed.useLog(event => log.recordBlock(event), await log.recovered())
  }

  #begin(): void {
    this.#parts.feed.start()
    if (this.resumed !== undefined) return this.#restart(this.resumed)
    this.#generator.start(this.#firstMs)
    this.#logger.info(() => `Started JobGenerator at ${this.#firstMs} ms`)
  }

  /** @see Spark's `JobGenerator.restart` */
  #restart({ zeroMs, batchMs, pending }: Resume): void {
    const periodMs = this.#parts.graph.batchMs
    const again = pending.filter(timeMs => timeMs < batchMs)
    // Before the first batch ever there is none to be run again.
    const dueFromMs = Math.max(batchMs, zeroMs + periodMs)
    const down = timesBetween(dueFromMs, this.#firstMs, periodMs)
    this.#logger.info(() => `Batches during down time ${listOf(down)}`)
    this.#logger.info(() => `Batches pending processing ${listOf(pending)}`)
    this.#logger.info(() => `Batches to reschedule ${listOf([...again, ...down])}`)
    this.#generator.start(this.#firstMs, { dueFromMs, again, leftoverMs: this.#leftoverMs(batchMs) })
    this.#logger.info(() => `Restarted JobGenerator at ${this.#firstMs} ms`)
  }

  /** The first batch that no run has given received data to: it gets what waits. */
  #leftoverMs(batchMs: number): number {
    const { lastAllocatedMs } = this.#checkpoints!.recovered.blocks
    return Math.max(batchMs, lastAllocatedMs) + this.#parts.graph.batchMs
  }

  /**
   * Ends everything, see stop-steps.ts. Asked again not gracefully, cuts a graceful stop short. Resolves at the end, to whether everything ran that was to run.
   */
  stop(gracefully: boolean): Promise<boolean> {
    return this.#stopping.stop(gracefully)
  }

  /** Resolves when no batch is due, planned or running, all are cleaned up, and what was to be saved is. */
  async idle(): Promise<void> {
    await this.#starting
    await this.#generator.idle()
    await this.#checkpoints?.settled()
  }

  /** The next batch time. */
  get nextBatchMs(): number {
    return this.#generator.tickMs
  }

  /** @throws DStreamError STREAM_NOT_INITIALIZED */
  async slice(stream: StreamNode, fromMs: number, toMs: number): Promise<RDD<unknown>[]> {
    if (!this.#rdds.knows(stream)) throw notInitialized(`${stream.operator} at ${stream.site}`)
    for (;;) {
      try {
        return this.#rdds.slice(stream, fromMs, toMs)
      } catch (error) {
        if (!(error instanceof PlanningPending)) throw error
        await error.settled
      }
    }
  }

  /** What the test kit looks at. */
  retentionOf(stream: StreamNode): Retention | undefined {
    return this.#retention.get(stream.id)
  }

  generatedTimes(stream: StreamNode): number[] {
    return this.#rdds.timesOf(stream)
  }

  /** Another process works with the checkpoint directory, or it cannot be written in: what this one did would not count. */
  #cannotGoOn(error: unknown): void {
    // A stop that came before the start was through is no failure.
    if (this.#cut) return
    this.#logger.error('No batch is begun any more', error)
    this.#cut = true
    this.#generator.stop()
    void this.#scheduler.halt()
    this.#parts.onError(error)
  }

  #generate(timeMs: number): boolean | Promise<boolean> {
    try {
      if (this.#starting !== undefined) return this.#generateAfter(timeMs, this.#starting)
      const jobs = this.#planner.plan(timeMs)
      return jobs instanceof Promise ? this.#submitLater(timeMs, jobs) : this.#submit(timeMs, jobs)
    } catch (error) {
      return this.#failed(timeMs, error)
    }
  }

  async #generateAfter(timeMs: number, ready: Promise<unknown>): Promise<boolean> {
    await ready
    return this.#cut ? false : this.#generate(timeMs)
  }

  async #submitLater(timeMs: number, planned: Promise<readonly OutputJob[]>): Promise<boolean> {
    try {
      return await this.#submit(timeMs, await planned)
    } catch (error) {
      return this.#failed(timeMs, error)
    }
  }

  #submit(timeMs: number, jobs: readonly OutputJob[]): boolean | Promise<boolean> {
    const inputs = this.#parts.inputInfos.take(timeMs)
    if (this.#checkpoints === undefined) return this.#submitted({ timeMs, jobs, inputs })
    return this.#submitLogged({ timeMs, jobs, inputs }, this.#checkpoints)
  }

  /** A batch whose making is not safe does not begin: another process would make it of other data. */
  async #submitLogged(batch: PlannedBatch, checkpoints: RunCheckpoints): Promise<boolean> {
    const { timeMs, jobs, inputs } = batch
    const records = [...inputs.values()].reduce((sum, { numRecords }) => sum + numRecords, 0)
    try {
      await checkpoints.submitting(timeMs, jobs.length, records)
    } catch (error) {
      this.#logger.debug(() => `The batch of ${timeMs} ms does not begin: ${String(error)}`)
      return false
    }
    return this.#cut ? false : this.#submitted(batch)
  }

  #submitted(batch: PlannedBatch): boolean {
    const { timeMs, jobs } = batch
    if (jobs.length === 0) {
      this.#logger.info(() => `No jobs added for time ${timeMs} ms`)
      this.#checkpoints?.generated(timeMs)
      this.#cleanUp(timeMs)
      return false
    }
    this.#scheduler.submit(batch)
    this.#checkpoints?.generated(timeMs)
    return true
  }

  #failed(timeMs: number, cause: unknown): false {
    const error = new GenerationFailedError(timeMs, cause)
    this.#logger.error(`Error generating jobs for time ${timeMs} ms`, cause)
    this.#parts.bus.post(() => ({ type: 'batchGenerationFailed', batchTime: new Time(timeMs), error }))
    this.#parts.inputInfos.take(timeMs)
    if (this.#scheduler.hold(timeMs)) this.#checkpoints?.notMade(timeMs)
    this.#parts.onError(error)
    this.#cleanUp(timeMs)
    return false
  }

  /** Drops what no stream remembers any more once this batch is done. Batches before it that still run keep what they need. */
  #cleanUp(timeMs: number): void {
    const { context, feed, graph, unpersist } = this.#parts
    this.#doneMs = Math.max(this.#doneMs, timeMs)
    const upToMs = Math.min(this.#doneMs, (this.#scheduler.oldestMs ?? Infinity) - graph.batchMs)
    feed.completed(upToMs)
    // What is to be saved is read before it is released.
    this.#checkpoints?.completed(upToMs)
    const { own, made } = this.#rdds.forget(upToMs)
    const sinceMs = this.#checkpoints?.neededSinceMs() ?? Infinity
    for (const input of graph.inputs) {
      const rememberMs = this.#retention.get(input.node.id)?.rememberMs
      if (rememberMs !== undefined) input.forget(Math.min(upToMs - rememberMs, sinceMs))
    }
    this.#checkpoints?.forgotten()
    const goneMs = upToMs - this.#rdds.maxRememberMs
    this.#checkpoints?.release(Math.min(goneMs, sinceMs))
    if (!unpersist) return
    context.release(own)
    context.releaseUnkept(made)
    feed.release(this.#checkpoints?.hasBlocks === true ? Math.min(goneMs, sinceMs) : goneMs)
  }

  /** How the parts of the run are ended. */
  #stopEffects(): StopEffects {
    const { feed, graph, context } = this.#parts
    return {
      stopReceivers: graceful => {
        // Nothing has begun: what an earlier run has left stays where it is, in its checkpoint and its log.
        if (this.#generator.phase === 'created') this.#cut = true
        return feed.stop(graceful)
      },
      drain: () => this.#drain(),
      halt: () => {
        this.#cut = true
        this.#generator.stop()
        this.#scheduler.keepFailed()
        return this.#scheduler.halt()
      },
      stopInputs: () => Promise.all(graph.inputs.map(async input => input.stop())),
      save: graceful => this.#endCheckpoints(graceful),
      giveUpSaving: () =>
        void this.#checkpoints?.close().catch((error: unknown) => this.#logger.warn('Checkpoints', error)),
      cancelJobs: () => context.cancelJobsOfStreams('as the StreamingContext was stopped'),
    }
  }

  async #drain(): Promise<void> {
    const { phase } = this.#generator
    if (phase === 'stopped' || phase === 'created') return
    const drained = new Promise<void>(resolve => (this.#onDrained = resolve))
    this.#scheduler.keepFailed()
    this.#generator.drain(this.#parts.feed.hasUnallocated())
    await drained
  }

  /** Writes down what there is to be written, after a graceful stop also the newest state, and then nothing more. */
  async #endCheckpoints(graceful: boolean): Promise<void> {
    if (graceful) await this.#checkpoints?.saveNewest()
    await this.#checkpoints?.settled()
    await this.#checkpoints?.close()
  }
}

/** The next batch time: after a restart in the phase of the earlier run, and after its last batch also where the clock went back. */
function firstBatch(nowMs: number, periodMs: number, resumed: Resume | undefined, lastMs = -Infinity): number {
  if (resumed === undefined) return firstTick(new Time(nowMs), Milliseconds(periodMs)).milliseconds
  const nextMs = resumed.zeroMs + (Math.floor((nowMs - resumed.zeroMs) / periodMs) + 1) * periodMs
  return Math.max(nextMs, Math.max(resumed.batchMs, lastMs) + periodMs)
}

/** What one input gave to batches before, oldest first. */
const allocationsOf = (inputId: number, inputs: DriverState['inputs']): Allocation[] =>
  [...inputs].flatMap(([timeMs, ofBatch]) => {
    const range = ofBatch.get(inputId)
    return range === undefined ? [] : [{ timeMs, range }]
  })

const timesBetween = (fromMs: number, untilMs: number, periodMs: number): number[] =>
  Array.from({ length: Math.ceil((untilMs - fromMs) / periodMs) }, (_, i) => fromMs + i * periodMs)

const listOf = (timesMs: readonly number[]): string =>
  `(${timesMs.length} batches): ${timesMs.map(ms => `${ms} ms`).join(', ')}`
