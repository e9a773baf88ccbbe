import { fileSystemFor } from '../../storage/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { saveRecords, savedSource, saveState } from '../../rdd/saved/saved-records.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import { removeOrphans } from './orphans.ts'
import { savedForm, savedStateForm } from './saved-form.ts'
import type { SavedTimeContent } from './schema/index.ts'
import type { GeneratedRdds } from '../batches/generated-rdds.ts'
import type { DueCheckpoint, LineageCuts } from '../batches/lineage-cuts.ts'

export interface DataCheckpointsParts {
  readonly context: RddContext
  readonly rdds: GeneratedRdds
  readonly cuts: LineageCuts
  /** The directory of this run, where nothing else is; those of other runs are beside it. Asked for once the run may write. */
  readonly directory: () => string
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
 * 5. a save that fails changes nothing: lineage goes on from the one before;
 * 6. state is saved as what has changed since the save before, where that is little: then what is said of files here holds for those too that they go
 *    back to, one before the other.
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
  #ownDirectory: string | undefined
  /** The streams of which something has been removed. */
  readonly #cut = new Set<number>()
  /** What could not be removed, or may have come back since. */
  readonly #unremoved = new Set<string>()
  /** What nothing needs any more but maybe a checkpoint file, with the number of the last one that may name it. */
  #retired: (Files & { readonly sequence: number })[] = []
  /** What is being written. */
  readonly #writing = new Set<Files>()
  /** Every directory that is there. */
  readonly #onDisk = new Set<string>()
  /** What other runs have left behind is to be looked through. */
  #unswept = true
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
    this.#retired.push(...unused.map(time => ({ ...filesOf(time), sequence: 0 })))
    for (const time of [...times, ...unused]) for (const directory of allOf(time)) this.#onDisk.add(directory)
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
    const before = this.#retired.length
    this.#retired = this.#retired.filter(retired => retired.sequence >= sequence)
    if (this.#retired.length < before) this.#removeNeedless()
    for (const directory of [...this.#unremoved]) this.#remove(directory)
    if (this.#unswept) this.#sweep()
  }

  /** The batch of this time is done, and those before it: saves what is due. */
  completed(batchMs: number): void {
    for (const due of this.#parts.cuts.due(batchMs)) {
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
    const unsaved = this.#parts.cuts
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
        this.#retired.push({ ...filesOf(saved.shift()!), sequence: this.#sequence })
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
    const files = await this.#write(due)
    if (files === undefined) this.#parts.cuts.keepUnsaved(due)
    else this.#link(due, files)
  }

  async #saveLast(newest: Omit<DueCheckpoint, 'place'>): Promise<void> {
    const files = await this.#write(newest)
    if (files !== undefined) this.#add(newest, files)
  }

  /** Where it is, once all is safe; undefined when it could not be written. */
  async #write({ stream, timeMs, node }: Omit<DueCheckpoint, 'place'>): Promise<Files | undefined> {
    const { context, logger } = this.#parts
    const directory = `${this.#directory}/stream-${stream.id}/${timeMs}`
    const bases = this.#basesFor(stream, node)
    const writing = { directory, bases }
    this.#writing.add(writing)
    // What an earlier try has left, and was to be removed, is of use from now on.
    this.#unremoved.delete(directory)
    try {
      const { deltas = 0 } = await context.act('checkpoint', jobs =>
        node.kind === 'state'
          ? saveState(jobs, savedForm(context, node), { directory, timeMs, bases })
          : saveRecords(jobs, node, directory),
      )
      this.#onDisk.add(directory)
      return { directory, bases: bases.slice(0, deltas) }
    } catch (error) {
      this.#remove(directory)
      // Once more later: tasks of it that still run may bring it back.
      this.#unremoved.add(directory)
      const said = `The checkpoint of ${stream.operator} for time ${timeMs} ms could not be written to ${directory}`
      if (hasMovedOn(error)) logger.info(() => `${said}: later batches may have changed its objects in place`)
      else logger.warn(said, error)
      return undefined
    } finally {
      this.#writing.delete(writing)
    }
  }

  /** What was saved of the stream last, and what that goes back to: where it is spread in the same way and of the same form, changes may be put behind it. */
  #basesFor(stream: StreamNode, { numPartitions }: RddNode): readonly string[] {
    const last = this.#saved.get(stream.id)?.at(-1)
    if (last === undefined || last.numPartitions !== numPartitions) return []
    const { stateVersion, timed } = savedStateForm(stream)
    return last.stateVersion === stateVersion && last.timed === timed ? allOf(last) : []
  }

  #link(due: DueCheckpoint, files: Files): void {
    const newestMs = this.#parts.cuts.link(due, savedSource(due.place, due.node, files.directory, files.bases))
    const before = this.#saved.get(due.stream.id)?.at(-1)
    if (before !== undefined) before.lastUserMs = newestMs
    this.#add(due, files)
  }

  #add({ stream, timeMs, node }: Omit<DueCheckpoint, 'place'>, { directory, bases = [] }: Files): void {
    const { numPartitions, partitioner } = node
    const saved: Saved = {
      ...{ timeMs, directory, numPartitions, lastUserMs: Infinity },
      ...(bases.length > 0 && { bases }),
      ...(partitioner && { partitioner }),
      ...savedStateForm(stream),
    }
    this.#saved.set(stream.id, [...(this.#saved.get(stream.id) ?? []), saved])
    this.#parts.onSaved()
  }

  get #directory(): string {
    return (this.#ownDirectory ??= this.#parts.directory())
  }

  /** Every directory that an RDD, a checkpoint file or a save that runs may read. */
  #needed(): Set<string> {
    const users: Files[] = [...[...this.#saved.values()].flat(), ...this.#retired, ...this.#writing]
    return new Set(users.flatMap(allOf))
  }

  #removeNeedless(): void {
    const needed = this.#needed()
    for (const directory of this.#onDisk) {
      if (needed.has(directory)) continue
      // The directories above it, of a run that has ended, may be empty now.
      if (!directory.startsWith(`${this.#directory}/`)) this.#unswept = true
      this.#remove(directory)
    }
  }

  /**
   * Removes what runs before this one have left in their directories and no checkpoint names: what was being saved when a process ended, and what it had
   * not got round to removing. Only once no checkpoint of another run is on disk, and never what a later run, which has taken over, writes.
   */
  #sweep(): void {
    this.#unswept = false
    const needed = new Set([...this.#needed()].map(directory => fileSystemFor(directory).path))
    const { logger } = this.#parts
    this.#track(
      Promise.all(this.#removing)
        .then(() => removeOrphans(this.#directory, needed))
        .catch((error: unknown) => logger.warn('What earlier runs have left behind could not be removed', error)),
    )
  }

  #remove(directory: string): void {
    const { fileSystem, path } = fileSystemFor(directory)
    this.#onDisk.delete(directory)
    this.#unremoved.delete(directory)
    this.#track(
      fileSystem.delete(path).catch((error: unknown) => {
        this.#unremoved.add(directory)
        this.#parts.logger.warn(`${directory} could not be removed; it is tried again`, error)
      }),
    )
  }

  #track(work: Promise<unknown>): void {
    const removal: Promise<unknown> = work.finally(() => this.#removing.delete(removal))
    this.#removing.add(removal)
  }
}

/** Where something is, and what that goes back to, the newest first. */
type Files = Pick<SavedTimeContent, 'directory' | 'bases'>

const filesOf = ({ directory, bases = [] }: Files): Files => ({ directory, bases })
const allOf = ({ directory, bases = [] }: Files): string[] => [directory, ...bases]

function savedTimeOf(saved: Saved): SavedTimeContent {
  const { lastUserMs: _, ...time } = saved
  return time
}

/** Nothing is wrong: what was saved before counts. */
function hasMovedOn(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ((at as { readonly code?: unknown }).code === 'STATE_MOVED_ON') return true
  return false
}
