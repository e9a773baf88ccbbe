import type { Logger } from '../../logging/index.ts'
import type { RddContext } from '../../rdd/context.ts'
import type { PayloadCipher } from '../../storage/encryption/index.ts'
import { fileSystemFor } from '../../storage/index.ts'
import { DirectoryFence } from '../../storage/fence/index.ts'
import type { Clock } from '../../time/index.ts'
import type { GeneratedRdds } from '../batches/generated-rdds.ts'
import type { LineageCuts } from '../batches/lineage-cuts.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import { CheckpointWriter, keptCheckpoints } from './checkpoint-writer.ts'
import { DataCheckpoints } from './data-checkpoints.ts'
import { readDriverLog, type ClaimedCheckpoint } from './claim-checkpoint.ts'
import { streamsOf } from './describe-graph.ts'
import { CheckpointFiles } from './files/index.ts'
import { restoredRdd } from './restored-rdd.ts'
import type { Resume } from './resume.ts'
import { RunLog, type RunLogSettings } from './run-log.ts'
import { RunProgress, type RunProgressParts } from './run-progress.ts'
import type { EncodedPlan, ProgressContent } from './schema/index.ts'
import { placesBelow } from './saved-places.ts'
import { streamKeys } from './stream-keys.ts'
import { logClosed } from '../write-ahead-log/log-errors.ts'
import {
  applyToDriver,
  holdsBlocks,
  initialDriver,
  type DriverEvent,
  type DriverState,
} from '../write-ahead-log/driver-log/index.ts'

/** What the checkpoints of a StreamingContext need of it. */
export interface CheckpointMeans {
  readonly directory: string
  /** What does not change, encoded. */
  readonly plan: () => EncodedPlan
  /** The values of the accumulators now. */
  readonly accumulators: () => ProgressContent['accumulators']
  readonly log: RunLogSettings
  /** Of the checkpoints. */
  readonly cipher: PayloadCipher
  /** What an earlier run has left, to go on from. */
  readonly claimed: ClaimedCheckpoint | undefined
}

export interface RunCheckpointsParts extends CheckpointMeans, RunProgressParts {
  readonly context: RddContext
  readonly graph: StreamGraph
  readonly rdds: GeneratedRdds
  readonly cuts: LineageCuts
  readonly clock: Clock
  /** Streams that begin later. */
  readonly beginsAfterMs: ReadonlyMap<number, number> | undefined
  readonly logger: (component: string) => Logger
  /** Another process has taken the directory over: this one has to end. */
  readonly onFenced: (error: Error) => void
}

/** The checkpoints of a run: what is saved of streams, and the files that say where the program is. */
export class RunCheckpoints {
  readonly #parts: RunCheckpointsParts
  readonly #data: DataCheckpoints
  readonly #writer: CheckpointWriter
  readonly #keys: ReadonlyMap<number, { readonly key: string }>
  readonly #started: DriverEvent
  /** What the log of the earlier run says, by the numbers that inputs have now. */
  readonly recovered: DriverState
  /** Received blocks are logged, or an earlier run has left some in its log. */
  readonly hasBlocks: boolean
  /** The streams that are made of their own past. */
  readonly #holders: readonly number[]
  readonly #progress: RunProgress
  #log: RunLog | undefined
  /** What the logs may forget once no checkpoint before it is on disk, by the checkpoints' numbers. */
  readonly #needless = new Map<number, { readonly eventsMs: number; readonly blocksMs: number }>()
  #fence: DirectoryFence | undefined
  #files: CheckpointFiles | undefined
  #opening: Promise<RunLog> | undefined
  #closed = false
  /** What batches up to this time were made of has been let go. */
  #releasedMs = -Infinity

  constructor(parts: RunCheckpointsParts) {
    const { context, graph, rdds, cuts, directory, plan, logger, onFenced } = parts
    this.#parts = parts
    this.#progress = new RunProgress(parts)
    this.#fence = parts.claimed?.fence
    const streams = streamsOf(graph)
    this.#keys = streamKeys(streams, graph.settings)
    const inputs = graph.inputs.map(input => this.#keys.get(input.node.id)?.key ?? '')
    this.#started = { type: 'runStarted', startedMs: parts.clock.now(), inputs }
    const { claimed } = parts
    this.recovered = claimed === undefined ? initialDriver : applyToDriver(claimed.log.state, this.#started)
    this.hasBlocks = parts.log.logsBlocks || holdsBlocks(this.recovered)
    this.#holders = streams.filter(({ kind }) => kind === 'state' || kind === 'reducedWindow').map(({ id }) => id)
    this.#data = new DataCheckpoints({
      context,
      rdds,
      cuts,
      directory: () => `${directory}/data/${this.#fence!.epoch}`,
      logger: logger('DataCheckpoints'),
      onSaved: () => this.#request(),
    })
    this.#writer = new CheckpointWriter({
      ...{ plan, onFenced },
      write: (batchMs, content) => this.#files!.write(batchMs, content),
      logger: logger('CheckpointWriter'),
      progress: sequence => this.#content(sequence),
      onForgotten: sequence => this.#forget(sequence),
      onNotWritten: sequence => this.#needless.delete(sequence),
    })
  }

  /**
   * Becomes the one process that writes in the directory, opens the logs behind what is there, and writes down where the program begins: before any batch, and before
   * anything is received.
   * @throws DirectoryInUseError, StorageError, DStreamError CHECKPOINT_NOT_WRITTEN, DIRECTORY_FENCED
   */
  open(): Promise<RunLog> {
    this.#opening = this.#open()
    return this.#opening
  }

  async #open(): Promise<RunLog> {
    const { directory: uri, clock, logger, claimed, log: settings, onFenced } = this.#parts
    const { fileSystem, path: directory } = fileSystemFor(uri)
    const fence = (this.#fence ??= await DirectoryFence.acquire({ fileSystem, directory, clock }))
    this.#assertOpen()
    const place = { fileSystem, directory, clock, fence }
    const { cipher } = this.#parts
    this.#files = new CheckpointFiles({ ...place, cipher, logger: logger('CheckpointWriter'), kept: keptCheckpoints })
    const logLogger = logger('WriteAheadLog')
    const found =
      claimed === undefined
        ? // What some other program has left there is no part of this one.
          { ...(await readDriverLog(uri, undefined, logLogger, settings.driver)), state: initialDriver }
        : claimed.log
    this.#assertOpen()
    this.#log = await RunLog.open({ ...place, settings, found, logger: logLogger, onFenced })
    this.#assertOpen()
    await this.#log.record(this.#started)
    await this.#writer.first()
    return this.#log
  }

  /** A stop does not wait for a start, and a start that goes on after it must not take anything. */
  #assertOpen(): void {
    if (this.#closed) throw logClosed(this.#parts.directory)
  }

  /** Takes over what an earlier run has saved. */
  resume(resumed: Resume): void {
    const { context, rdds } = this.#parts
    this.#progress.resume(resumed)
    for (const { stream, times, unused, fromTheBeginning } of resumed.saved) {
      for (const time of times) rdds.restore(stream, time.timeMs, restoredRdd(context, stream, time))
      this.#data.restored(stream.id, times, unused, fromTheBeginning)
    }
  }

  /** Resolves when it is safe what the batch is made of: then its jobs may begin. Waits as long as the log cannot be written. @throws DStreamError DIRECTORY_FENCED, LOG_CLOSED */
  async submitting(timeMs: number, outputs: number, records: number): Promise<void> {
    const log = this.#log!
    this.#noteAllocations()
    await log.record({ type: 'batchSubmitted', timeMs, outputs, records })
  }

  /** A batch could not be made: it is held, and what it was given stays its own. */
  notMade(timeMs: number): void {
    this.#noteAllocations()
    this.generated(timeMs)
  }

  /** The batch of this time has been made. */
  generated(timeMs: number): void {
    this.#progress.generated(timeMs)
    this.#request()
  }

  /** An output operation has ended. */
  outputFinished(timeMs: number, outputOpId: number, failure: string | undefined): void {
    this.#note({ type: 'outputFinished', timeMs, outputOpId, ...(failure !== undefined && { failure }) })
  }

  /** Every output operation of the batch has ended. */
  batchCompleted(timeMs: number): void {
    this.#note({ type: 'batchCompleted', timeMs })
  }

  /** The first output operation of the batch is about to run. */
  began(timeMs: number): void {
    this.#progress.began(timeMs)
  }

  /** The batch of this time is done, and those before it: saves what is due. One that ends after all, when the directory was let go, saves nothing. */
  completed(upToMs: number): void {
    if (!this.#closed) this.#data.completed(upToMs)
  }

  /** What nothing remembers any more has been forgotten. */
  forgotten(): void {
    this.#data.forgotten()
    this.#request()
  }

  /** Batches up to this time are never made again: what they were made of need not be known any more. */
  release(upToMs: number): void {
    if (upToMs <= this.#releasedMs || !Number.isFinite(upToMs)) return
    this.#releasedMs = upToMs
    this.#note({ type: 'batchesCleaned', upToMs })
  }

  /** Streams may have to be made again from what came after this time. */
  neededSinceMs(): number {
    const { zeroMs, beginsAfterMs } = this.#parts
    const since = this.#holders.map(id => this.#data.oldestSavedMs(id) ?? beginsAfterMs?.get(id) ?? zeroMs)
    return Math.min(Infinity, ...since)
  }

  /** Saves the newest of what the streams hold: a restart then computes nothing again. */
  async saveNewest(): Promise<void> {
    if (this.#log === undefined) return
    await this.#data.saveNewest(this.#progress.newestMs)
    this.#request()
    await this.#writer.settled()
  }

  /** Resolves when everything is on disk. */
  async settled(): Promise<true> {
    await this.#data.settled()
    await this.#writer.settled()
    return true
  }

  /** Writes nothing more, and lets the directory go. */
  async close(): Promise<void> {
    this.#closed = true
    this.#writer.close()
    await this.#writer.settled()
    try {
      // A start that waits for a log that cannot be written waits no longer.
      await this.#log?.close()
      await this.#opening?.catch(ignored)
      await this.#log?.close()
    } finally {
      await this.#fence?.release()
      this.#fence = undefined
    }
  }

  #noteAllocations(): void {
    for (const input of this.#parts.graph.inputs) {
      for (const given of input.newAllocations()) this.#note({ type: 'inputAllocated', inputId: input.id, ...given })
    }
  }

  #request(): void {
    if (this.#log !== undefined) this.#writer.request()
  }

  /** Nobody waits for it: without it, a restart runs again what had ended. */
  #note(event: DriverEvent): void {
    this.#log?.record(event).catch(ignored)
  }

  #content(sequence: number): ProgressContent {
    const log = this.#log!
    this.#needless.set(sequence, log.needless())
    const { accumulators, ...batches } = this.#progress.content()
    return {
      log: log.content(),
      ...batches,
      saved: placesBelow(
        this.#parts.directory,
        [...this.#data.named(sequence)].map(([id, saved]) => ({ stream: this.#keys.get(id)!.key, ...saved })),
      ),
      inputs: this.#parts.graph.inputs.flatMap(input => {
        const memory = input.memory()
        return memory === undefined ? [] : [{ input: input.id, memory }]
      }),
      accumulators,
    }
  }

  #forget(sequence: number): void {
    this.#data.unnamedBefore(sequence)
    const needless = this.#needless.get(sequence)
    for (const old of this.#needless.keys()) if (old < sequence) this.#needless.delete(old)
    if (needless === undefined) return
    const logger = this.#parts.logger('WriteAheadLog')
    this.#log!.clean(needless).catch((error: unknown) => logger.warn('Old logs are left for later', error))
  }
}

/** Who waits is told; here nobody does. */
const ignored = (): void => {}
