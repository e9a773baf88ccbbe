import { fileSystemFor } from '../../storage/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { saveRecords, savedSource } from '../../rdd/saved/saved-records.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { SavedTimeContent } from './schema/index.ts'
import type { DueCheckpoint, GeneratedRdds } from '../batches/generated-rdds.ts'

export interface DataCheckpointsParts {
  readonly context: RddContext
  readonly rdds: GeneratedRdds
  /** The directory of this run, where nothing else is. */
  readonly directory: string
  readonly logger: Logger
  /** Something more is saved, which the next checkpoint can name. */
  readonly onSaved: () => void
}

/** What has been saved of a stream at a time, on disk until nothing can need it. */
interface Saved extends SavedTimeContent {
  /** RDDs of the stream up to this time may go back to it; known once they do not go back further any more. */
  lastUserMs: number
}

/**
 * Saves RDDs of checkpointed streams, beside the batches: tasks write them, and later RDDs of the stream then go back to what was
 * saved instead of to everything before.
 *
 * Invariants:
 * 1. of a stream one RDD is saved at a time; one that became due meanwhile is saved after it, those between are left out;
 * 2. nothing refers to saved records before all of them are safe;
 * 3. files are removed only when every RDD that was made while they were the newest is forgotten;
 * 4. files that a checkpoint file on disk may name are not removed, also when nothing else needs them;
 * 5. a save that fails changes nothing: lineage goes on from the one before.
 *
 * ```
 * <directory>/stream-<id>/<time in ms>/part-00000 … and, written last, _SAVED
 * ```
 *
 * @see Spark's DStreamCheckpointData, ReliableRDDCheckpointData
 */
export class DataCheckpoints {
  readonly #parts: DataCheckpointsParts
  /** By stream: the save that runs. */
  readonly #running = new Map<number, Promise<void>>()
  /** By stream, oldest first. */
  readonly #saved = new Map<number, Saved[]>()
  /** The streams of which something has been removed. */
  readonly #cut = new Set<number>()
  /** What nothing needs any more but maybe a checkpoint file, with the number of the last one that may name it. */
  #retired: { readonly directory: string; readonly sequence: number }[] = []
  /** The number of the checkpoint that was put together last. */
  #sequence = 0
  readonly #removing = new Set<Promise<unknown>>()

  constructor(parts: DataCheckpointsParts) {
    this.#parts = parts
  }

  /** What an earlier run has saved of a stream, as it is restored: oldest first; and what is not used of it. */
  restored(
    streamId: number,
    times: readonly SavedTimeContent[],
    unused: readonly SavedTimeContent[],
    fromTheBeginning: boolean,
  ): void {
    const saved = times.map((time, i): Saved => ({ ...time, lastUserMs: times[i + 1]?.timeMs ?? Infinity }))
    if (saved.length > 0) this.#saved.set(streamId, saved)
    this.#retired.push(...unused.map(({ directory }) => ({ directory, sequence: 0 })))
    if (!fromTheBeginning) this.#cut.add(streamId)
  }

  /** What is saved now, by stream: named by the checkpoint of this number. */
  named(
    sequence: number,
  ): ReadonlyMap<number, { readonly times: readonly SavedTimeContent[]; readonly fromTheBeginning: boolean }> {
    this.#sequence = sequence
    return new Map(
      [...this.#saved].map(([id, saved]) => {
        const times = saved.map(one => savedTimeOf(one))
        return [id, { times, fromTheBeginning: !this.#cut.has(id) }]
      }),
    )
  }

  /** The oldest time of which something of the stream is saved. */
  oldestSavedMs(streamId: number): number | undefined {
    return this.#saved.get(streamId)?.[0]?.timeMs
  }

  /** No checkpoint before this number is on disk any more. */
  unnamedBefore(sequence: number): void {
    const gone = this.#retired.filter(retired => retired.sequence < sequence)
    if (gone.length === 0) return
    this.#retired = this.#retired.filter(retired => retired.sequence >= sequence)
    for (const { directory } of gone) this.#remove(directory)
  }

  /** The batch of this time is done, and those before it: saves what is due. */
  completed(batchMs: number): void {
    for (const due of this.#parts.rdds.dueForCheckpoint(batchMs)) {
      const { id } = due.stream
      if (this.#running.has(id)) continue
      const saving = this.#save(due).finally(() => {
        this.#running.delete(id)
        this.completed(batchMs)
      })
      this.#running.set(id, saving)
    }
  }

  /**
   * Saves of each stateful stream what a run after this one goes on from when this batch was the last; resolves when all of it is safe, or could not be
   * written. What is saved already is not saved again. For the end of a run: nothing that is made later goes back to it.
   */
  async saveNewest(batchMs: number): Promise<void> {
    await this.settled()
    const unsaved = this.#parts.rdds
      .newestForRestart(batchMs)
      .filter(({ stream, timeMs }) => !this.#saved.get(stream.id)?.some(saved => saved.timeMs >= timeMs))
    await Promise.all(unsaved.map(newest => this.#saveLast(newest)))
    await this.settled()
  }

  /** RDDs of streams have been forgotten: removes the files that only those needed. */
  forgotten(): void {
    for (const [id, saved] of this.#saved) {
      const oldestMs = this.#parts.rdds.oldestMs(id)
      while (saved.length > 1 && saved[0]!.lastUserMs < oldestMs) {
        this.#retired.push({ directory: saved.shift()!.directory, sequence: this.#sequence })
        this.#cut.add(id)
      }
    }
  }

  /** Resolves when nothing is being saved or removed. */
  async settled(): Promise<true> {
    while (this.#running.size + this.#removing.size > 0)
      await Promise.all([...this.#running.values(), ...this.#removing])
    return true
  }

  async #save(due: DueCheckpoint): Promise<void> {
    const directory = await this.#write(due)
    if (directory === undefined) this.#parts.rdds.keepUnsaved(due)
    else this.#link(due, directory)
  }

  async #saveLast(newest: Omit<DueCheckpoint, 'place'>): Promise<void> {
    const directory = await this.#write(newest)
    if (directory === undefined) return
    this.#add(newest, directory)
  }

  /** The directory, once all is safe in it; undefined when it could not be written. */
  async #write({ stream, timeMs, node }: Omit<DueCheckpoint, 'place'>): Promise<string | undefined> {
    const { context, logger } = this.#parts
    const directory = `${this.#parts.directory}/stream-${stream.id}/${timeMs}`
    try {
      await context.act('checkpoint', jobs => saveRecords(jobs, savedForm(context, node), directory))
      return directory
    } catch (error) {
      this.#remove(directory)
      logger.warn(`The checkpoint of ${stream.operator} for time ${timeMs} ms could not be written to ${directory}`, error) // prettier-ignore
      return undefined
    }
  }

  #link(due: DueCheckpoint, directory: string): void {
    const newestMs = this.#parts.rdds.link(due, savedSource(due.place, due.node, directory))
    const before = this.#saved.get(due.stream.id)?.at(-1)
    if (before !== undefined) before.lastUserMs = newestMs
    this.#add(due, directory)
  }

  #add(
    { stream, timeMs, node: { numPartitions, partitioner } }: Omit<DueCheckpoint, 'place'>,
    directory: string,
  ): void {
    const form = savedStateForm(stream)
    const saved = { timeMs, directory, numPartitions, ...(partitioner && { partitioner }), ...form, lastUserMs: Infinity } // prettier-ignore
    this.#saved.set(stream.id, [...(this.#saved.get(stream.id) ?? []), saved])
    this.#parts.onSaved()
  }

  #remove(directory: string): void {
    const { fileSystem, path } = fileSystemFor(directory)
    const removal: Promise<unknown> = fileSystem
      .delete(path)
      .catch((error: unknown) => this.#parts.logger.warn(`${directory} could not be removed`, error))
      .finally(() => this.#removing.delete(removal))
    this.#removing.add(removal)
  }
}

function savedTimeOf(saved: Saved): SavedTimeContent {
  const { lastUserMs: _, ...time } = saved
  return time
}

/** How the states of a stream are written. */
const savedStateForm = (stream: StreamNode): Pick<SavedTimeContent, 'stateVersion' | 'timed'> =>
  stream.kind !== 'state'
    ? {}
    : {
        ...(stream.form && { stateVersion: stream.form.version }),
        ...(stream.update.mode === 'touchedKeys' && { timed: true }),
      }

/** What is written of a dataset: of state that remembers when its keys were updated, that too. */
const savedForm = (context: RddContext, node: RddNode): RddNode =>
  node.kind === 'state' && node.update.mode === 'touchedKeys'
    ? context.newNode(
        {
          kind: 'stateView',
          operator: 'checkpoint',
          parents: [node],
          numPartitions: node.numPartitions,
          view: 'timed',
        },
        node.site,
      )
    : node
