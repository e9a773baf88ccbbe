import type { Logger } from '../../logging/index.ts'
import type { MakeNode, RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { savedSource } from '../../rdd/saved/saved-records.ts'
import { fileSystemFor } from '../../storage/index.ts'
import { DirectoryFence } from '../../storage/fence/index.ts'
import type { Clock } from '../../time/index.ts'
import type { GeneratedRdds } from '../batches/generated-rdds.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import { restoredState } from '../state/restored-state.ts'
import { CheckpointWriter, keptCheckpoints } from './checkpoint-writer.ts'
import { DataCheckpoints } from './data-checkpoints.ts'
import { streamsOf } from './describe-graph.ts'
import { CheckpointFiles } from './files/index.ts'
import { ReceiverLog, type ReceiverLogSettings } from './receiver-log.ts'
import type { Resume } from './resume.ts'
import type { EncodedPlan, LogContent, ProgressContent, SavedTimeContent } from './schema/index.ts'
import { streamKeys } from './stream-keys.ts'

/** What the checkpoints of a StreamingContext need of it. */
export interface CheckpointMeans {
  readonly directory: string
  /** What does not change, encoded. */
  readonly plan: () => EncodedPlan
  /** The values of the accumulators now. */
  readonly accumulators: () => ProgressContent['accumulators']
  /** Received blocks are written to a log; undefined: they are not. */
  readonly receiverLog: ReceiverLogSettings | undefined
}

export interface RunCheckpointsParts extends CheckpointMeans {
  readonly context: RddContext
  readonly graph: StreamGraph
  readonly rdds: GeneratedRdds
  readonly clock: Clock
  readonly zeroMs: number
  /** Streams that begin later. */
  readonly beginsAfterMs: ReadonlyMap<number, number> | undefined
  /** Batches that are submitted and not completed, ascending. */
  readonly openBatches: () => readonly number[]
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
  /** The streams that are made of their own past. */
  readonly #holders: readonly number[]
  /** The values of accumulators before a batch began, of those that may be run again. */
  readonly #before = new Map<number, ProgressContent['accumulators']>()
  #log: ReceiverLog | undefined
  /** When the checkpoints were put together, by their numbers. */
  readonly #madeMs = new Map<number, number>()
  #newestMs: number | undefined
  #fence: DirectoryFence | undefined
  #files: CheckpointFiles | undefined

  constructor(parts: RunCheckpointsParts) {
    const { context, graph, rdds, directory, plan, logger, onFenced } = parts
    this.#parts = parts
    const streams = streamsOf(graph)
    this.#keys = streamKeys(streams, graph.settings)
    this.#holders = streams.filter(({ kind }) => kind === 'state' || kind === 'reducedWindow').map(({ id }) => id)
    this.#data = new DataCheckpoints({
      context,
      rdds,
      directory: () => `${directory}/data/${this.#fence!.epoch}`,
      logger: logger('DataCheckpoints'),
      onSaved: () => this.#request(),
    })
    this.#writer = new CheckpointWriter({
      ...{ plan, onFenced },
      write: (batchMs, content) => this.#files!.write(batchMs, content),
      logger: logger('CheckpointWriter'),
      progress: sequence => this.#progress(sequence),
      onForgotten: sequence => this.#forget(sequence),
    })
  }

  /** Becomes the one process that writes in the directory; before any batch. @throws DirectoryInUseError, StorageError */
  async open(): Promise<void> {
    const { directory: uri, clock, logger } = this.#parts
    const { fileSystem, path: directory } = fileSystemFor(uri)
    const fence = await DirectoryFence.acquire({ fileSystem, directory, clock })
    this.#fence = fence
    const place = { fileSystem, directory, clock, fence }
    this.#files = new CheckpointFiles({ ...place, logger: logger('CheckpointWriter'), kept: keptCheckpoints })
  }

  /** Opens the log of received blocks, behind what an earlier run has written. */
  async openLog(snapshot: LogContent | undefined): Promise<ReceiverLog | undefined> {
    const { receiverLog: settings, directory: uri, clock, logger } = this.#parts
    if (settings === undefined) return undefined
    const { fileSystem, path: directory } = fileSystemFor(uri)
    const place = { fileSystem, directory, clock, fence: this.#fence! }
    this.#log = await ReceiverLog.open({ ...place, settings, snapshot, logger: logger('WriteAheadLog') })
    return this.#log
  }

  /** Takes over what an earlier run has saved. */
  resume({ saved }: Resume): void {
    for (const { stream, times, unused, fromTheBeginning } of saved) {
      for (const time of times) this.#parts.rdds.restore(stream, time.timeMs, this.#sourceOf(stream, time))
      this.#data.restored(stream.id, times, unused, fromTheBeginning)
    }
  }

  /** The batch of this time has been made. */
  generated(timeMs: number): void {
    this.#newestMs = timeMs
    this.#request()
  }

  /** The first output operation of the batch is about to run. */
  began(timeMs: number): void {
    const oldestMs = this.#parts.openBatches()[0] ?? timeMs
    for (const ms of this.#before.keys()) if (ms < oldestMs) this.#before.delete(ms)
    this.#before.set(timeMs, this.#parts.accumulators())
  }

  /** The batch of this time is done, and those before it: saves what is due. */
  completed(upToMs: number): void {
    this.#data.completed(upToMs)
  }

  /** What nothing remembers any more has been forgotten. */
  forgotten(): void {
    this.#data.forgotten()
    this.#request()
  }

  /** Streams may have to be made again from what came after this time. */
  neededSinceMs(): number {
    const { zeroMs, beginsAfterMs } = this.#parts
    const since = this.#holders.map(id => this.#data.oldestSavedMs(id) ?? beginsAfterMs?.get(id) ?? zeroMs)
    return Math.min(Infinity, ...since)
  }

  /** Resolves when everything is on disk. */
  async settled(): Promise<true> {
    await this.#data.settled()
    await this.#writer.settled()
    return true
  }

  /** Writes nothing more, and lets the directory go. */
  async close(): Promise<void> {
    this.#writer.close()
    await this.#writer.settled()
    await this.#log?.close()
    await this.#fence?.release()
    this.#fence = undefined
  }

  #request(): void {
    if (this.#newestMs !== undefined) this.#writer.request()
  }

  #progress(sequence: number): ProgressContent {
    const { graph, zeroMs, openBatches, accumulators } = this.#parts
    const batchMs = this.#newestMs!
    const pending = openBatches()
    if (this.#log !== undefined) this.#madeMs.set(sequence, this.#parts.clock.now())
    return {
      ...(this.#log && { log: this.#log.content() }),
      ...{ zeroMs, batchMs, pending },
      saved: [...this.#data.named(sequence)].map(([id, saved]) => ({ stream: this.#keys.get(id)!.key, ...saved })),
      inputs: graph.inputs.flatMap(input => {
        const memory = input.memory()
        return memory === undefined ? [] : [{ input: input.id, memory }]
      }),
      // What batches that are run again have added, they add again.
      accumulators: this.#before.get(pending[0] ?? batchMs) ?? accumulators(),
    }
  }

  #forget(sequence: number): void {
    this.#data.unnamedBefore(sequence)
    if (this.#log === undefined) return
    const oldestMs = this.#madeMs.get(sequence) ?? -Infinity
    for (const old of this.#madeMs.keys()) if (old < sequence) this.#madeMs.delete(old)
    const logger = this.#parts.logger('WriteAheadLog')
    this.#log.clean(oldestMs).catch((error: unknown) => logger.warn('Old logs are left for later', error))
  }

  #sourceOf(stream: StreamNode, saved: SavedTimeContent): RddNode {
    const { directory, bases, numPartitions, partitioner } = saved
    const source = { kind: 'values', partitions: [] } as const
    const shell = { kind: 'source', operator: 'checkpoint', parents: [], numPartitions: 0, source } as const
    const make: MakeNode = node => this.#parts.context.newNode(node, 'checkpoint')
    const place = make(shell)
    // The bounds of a range belong to a sample of the run before.
    const spread = partitioner === undefined || partitioner.kind === 'range' ? {} : { partitioner }
    return restoredState(
      make,
      savedSource(place, { ...place, numPartitions, ...spread }, directory, bases),
      stream,
      saved,
    )
  }
}
