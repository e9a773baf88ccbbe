import type { Logger } from '../../logging/index.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { BatchGenerator } from '../batches/batch-generator.ts'
import { BatchPlanner } from '../batches/batch-planner.ts'
import { GeneratedRdds } from '../batches/generated-rdds.ts'
import { LineageCuts } from '../batches/lineage-cuts.ts'
import { PlanningPending, StreamPlanner } from '../batches/stream-planner.ts'
import type { Resume } from '../checkpoint/resume.ts'
import { RunCheckpoints, type CheckpointMeans } from '../checkpoint/run-checkpoints.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'
import { notInitialized } from '../errors.ts'
import { JobScheduler } from '../jobs/job-scheduler.ts'
import { lastBatchMs } from '../write-ahead-log/driver-log/index.ts'
import { BatchSubmission } from './batch-submission.ts'
import { CleanUp } from './clean-up.ts'
import { RunGate } from './run-gate.ts'
import type { StreamingRunParts } from './run-parts.ts'
import { allocationsOf, planRestart, planRun, type RunPlan } from './run-plan.ts'
import { Stopping, type StopEffects } from './stopping.ts'

/** Batches that may be planned and waiting at a time; those that are due beyond that are only counted. */
const maxBatchesInFlight = 100

/** Of batches that a restart has missed no more are told by their times. */
const mostListed = 1000

/** For so many batches a program that ends because an output has failed may take to do so: then its restart runs the failed batch again. */
const failedBatchesHeld = 10

/**
 * A started graph: everything that exists between start and stop, wired together.
 *
 * Each part is given those that it commands, which are there already. What a part tells comes up through the run's own methods, and not before `start`.
 */
export class StreamingRun {
  readonly #parts: StreamingRunParts
  readonly #logger: Logger
  readonly #plan: RunPlan
  readonly #gate = new RunGate()
  readonly #rdds: GeneratedRdds
  readonly #cuts: LineageCuts
  readonly #streams: StreamPlanner
  readonly #scheduler: JobScheduler
  readonly #checkpoints: RunCheckpoints | undefined
  readonly #cleanUp: CleanUp
  readonly #submission: BatchSubmission
  readonly #generator: BatchGenerator
  readonly #stopping: Stopping
  #onDrained: () => void = () => {}

  /** @throws DStreamError when the intervals do not fit together, or the graph does not fit the checkpoint */
  constructor(parts: StreamingRunParts) {
    const { context, graph, clock, checkpoints: means, gracefulStopMs: gracefulMs } = parts
    this.#parts = parts
    const logger = (this.#logger = parts.logger('JobGenerator'))
    const beginning = { nowMs: clock.now(), checkpointed: means !== undefined, claimed: means?.claimed }
    const { zeroMs, retention } = (this.#plan = planRun(graph, beginning))
    graph.begin(zeroMs)
    const rdds = (this.#rdds = new GeneratedRdds(context, retention))
    this.#cuts = new LineageCuts({ context, zeroMs, retention, rdds })
    this.#streams = this.#newStreamPlanner()
    const scheduler = (this.#scheduler = this.#newScheduler())
    const checkpoints = (this.#checkpoints = means && this.#newCheckpoints(means))
    const cleanUp = (this.#cleanUp = new CleanUp({ ...parts, retention, rdds, scheduler, checkpoints }))
    const planner = new BatchPlanner(this.#streams, graph.outputs, zeroMs, parts.runOutput)
    const gate = this.#gate
    this.#submission = new BatchSubmission({ ...parts, logger, gate, planner, scheduler, checkpoints, cleanUp })
    this.#generator = this.#newGenerator()
    this.#stopping = new Stopping({ clock, logger, gracefulMs, effects: this.#stopEffects() })
  }

  // ── Wiring ──

  #newStreamPlanner(): StreamPlanner {
    const { context, graph } = this.#parts
    const { zeroMs, resumed } = this.#plan
    return new StreamPlanner({
      ...{ context, zeroMs, rdds: this.#rdds, cuts: this.#cuts },
      nextNodeId: () => context.nextNodeId,
      ...(resumed && { beginsAfterMs: resumed.beginsAfterMs }),
      settings: graph.settings,
      inputs: new Map(graph.inputs.map(input => [input.id, time => input.compute(time)])),
    })
  }

  #newScheduler(): JobScheduler {
    const { clock, bus, concurrentJobs: concurrent, onError } = this.#parts
    const logger = this.#parts.logger('JobScheduler')
    return new JobScheduler({
      ...{ clock, logger, bus, concurrent },
      onError: error => {
        logger.error(`Error running job streaming job ${error.batchTimeMs} ms.${error.outputOpId}`, error)
        onError(error)
      },
      onBatchBegun: timeMs => this.#checkpoints?.began(timeMs),
      onOutputEnded: (timeMs, id, error) => this.#checkpoints?.outputFinished(timeMs, id, error?.message),
      onBatchCompleted: (timeMs, held) => this.#onBatchCompleted(timeMs, held),
      onBatchGivenUp: timeMs => this.#checkpoints?.batchCompleted(timeMs),
      failedHeld: this.#parts.checkpoints === undefined ? 0 : failedBatchesHeld,
    })
  }

  #newCheckpoints(means: CheckpointMeans): RunCheckpoints {
    const { context, graph, clock, logger } = this.#parts
    const { zeroMs, resumed } = this.#plan
    const checkpoints = new RunCheckpoints({
      ...{ ...means, context, graph, rdds: this.#rdds, cuts: this.#cuts, clock, zeroMs, logger },
      beginsAfterMs: resumed?.beginsAfterMs,
      openBatches: () => this.#scheduler.openBatches,
      heldBatches: () => this.#scheduler.heldBatches,
      onFenced: error => this.#cannotGoOn(error),
    })
    if (resumed !== undefined) checkpoints.resume(resumed)
    return checkpoints
  }

  #newGenerator(): BatchGenerator {
    const { clock, graph, feed } = this.#parts
    return new BatchGenerator(clock, graph.batchMs, maxBatchesInFlight, {
      allocate: timeMs => feed.allocate(timeMs),
      generate: timeMs => this.#submission.generate(timeMs),
      drained: () => this.#onDrained(),
      waitsForClock: (nextMs, waitMs) =>
        this.#logger.warn(`The clock went back: the next batch, of time ${nextMs} ms, waits ${waitMs} ms for it`),
    })
  }

  #onBatchCompleted(timeMs: number, held: boolean): void {
    if (!held) this.#checkpoints?.batchCompleted(timeMs)
    this.#cleanUp.done(timeMs)
    this.#generator.completed()
  }

  // ── Start ──

  /** Starts receivers, input streams and the batch clock. @throws whatever an input stream's `start` throws */
  start(): void {
    const starting: Promise<unknown>[] = []
    if (this.#checkpoints !== undefined) {
      // Without the right to write, no batch is begun.
      starting.push(this.#open(this.#checkpoints).catch((error: unknown) => this.#cannotGoOn(error)))
    }
    starting.push(...this.#startInputs())
    // One that fails does not let the batches begin before the others are ready: the directory, above all.
    const ended = starting.map(one => one.catch(this.#parts.onError))
    if (ended.length > 0) this.#gate.waitFor(Promise.all(ended))
    // With a log, nothing is received before it is open, and no batch is made before what it holds is there.
    if (this.#checkpoints?.hasBlocks !== true) this.#begin()
    else
      this.#gate.starting
        ?.then(() => this.#gate.isCut || this.#begin())
        .catch((error: unknown) => this.#cannotGoOn(error))
  }

  async #open(checkpoints: RunCheckpoints): Promise<void> {
    const log = await checkpoints.open()
    if (checkpoints.hasBlocks) this.#parts.feed.useLog(event => log.recordBlock(event), await log.recovered())
  }

  /** Gives what takes time. */
  #startInputs(): Promise<unknown>[] {
    const before = this.#checkpoints?.recovered.inputs ?? new Map<number, never>()
    return this.#parts.graph.inputs.flatMap(input => {
      const memory = this.resumed?.memories.get(input.id)
      if (memory !== undefined) input.recall(memory, allocationsOf(input.id, before))
      const started = input.start()
      return started instanceof Promise ? [started] : []
    })
  }

  #begin(): void {
    this.#parts.feed.start()
    if (this.resumed !== undefined) return this.#restart(this.resumed)
    const { firstMs } = this.#plan
    this.#generator.start(firstMs)
    this.#logger.info(() => `Started JobGenerator at ${firstMs} ms`)
  }

  #restart(resumed: Resume): void {
    const { firstMs } = this.#plan
    // Of batches that are due at once, the first gets what waits: the others are in the log only as submitted.
    const lastMs = lastBatchMs(this.#checkpoints!.recovered) ?? -Infinity
    const times = { firstMs, periodMs: this.#parts.graph.batchMs, lastMs }
    const { again, dueFromMs, missed, leftoverMs } = planRestart(resumed, times)
    // Where very many were missed, the first tell enough.
    const down = Array.from({ length: Math.min(missed, mostListed) }, (_, i) => dueFromMs + i * times.periodMs)
    this.#logger.info(() => `Batches during down time ${listOf(down, missed)}`)
    this.#logger.info(() => `Batches pending processing ${listOf(resumed.pending)}`)
    this.#logger.info(() => `Batches to reschedule ${listOf([...again, ...down], again.length + missed)}`)
    this.#generator.start(firstMs, { dueFromMs, again, leftoverMs })
    this.#logger.info(() => `Restarted JobGenerator at ${firstMs} ms`)
  }

  /** What was taken over from an earlier run. */
  get resumed(): Resume | undefined {
    return this.#plan.resumed
  }

  /**
   * Ends everything, see stop-steps.ts. Asked again not gracefully, cuts a graceful stop short. Resolves at the end, to whether everything ran that was to run.
   */
  stop(gracefully: boolean): Promise<boolean> {
    return this.#stopping.stop(gracefully)
  }

  /** Resolves when no batch is due, planned or running, all are cleaned up, and what was to be saved is. */
  async idle(): Promise<void> {
    await this.#gate.starting
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
        return this.#streams.slice(stream, fromMs, toMs)
      } catch (error) {
        if (!(error instanceof PlanningPending)) throw error
        await error.settled
      }
    }
  }

  /** What the test kit looks at. */
  retentionOf(stream: StreamNode): Retention | undefined {
    return this.#plan.retention.get(stream.id)
  }

  generatedTimes(stream: StreamNode): number[] {
    return this.#rdds.timesOf(stream)
  }

  /** Another process works with the checkpoint directory, or it cannot be written in: what this one did would not count. */
  #cannotGoOn(error: unknown): void {
    // A stop that came before the start was through is no failure.
    if (this.#gate.isCut) return
    this.#logger.error('No batch is begun any more', error)
    this.#gate.cut()
    this.#generator.stop()
    void this.#scheduler.halt()
    this.#parts.onError(error)
  }

  /** How the parts of the run are ended. */
  #stopEffects(): StopEffects {
    const { feed, graph, context } = this.#parts
    return {
      stopReceivers: graceful => {
        // Nothing has begun: what an earlier run has left stays where it is, in its checkpoint and its log.
        if (this.#generator.phase === 'created') this.#gate.cut()
        return feed.stop(graceful)
      },
      drain: () => this.#drain(),
      halt: () => {
        this.#gate.cut()
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
    try {
      if (graceful) await this.#checkpoints?.saveNewest()
      await this.#checkpoints?.settled()
    } finally {
      await this.#checkpoints?.close()
    }
  }
}

const listOf = (timesMs: readonly number[], count = timesMs.length): string =>
  `(${count} batches): ${timesMs.map(ms => `${ms} ms`).join(', ')}${count > timesMs.length ? ', …' : ''}`
