import { builtin } from '../../closures/builtins.ts'
import { fileSystemFor } from '../../storage/index.ts'
import type { JobRunner } from '../context.ts'
import type { RddNode, SourceNode } from '../plan/node.ts'
import type { SavedPart } from './state-parts.ts'

/** The file of a partition in the directory of a saved dataset. */
export const savedPartName = (partition: number): string => `part-${String(partition).padStart(5, '0')}`

/** The file that says that all partitions are there: it is written last. */
export const savedMark = '_SAVED'

/** What the mark says: a version, so that later programs can tell what they find. */
export interface SavedMark {
  readonly version: 1
  readonly numPartitions: number
  readonly records: number
  /** How many of the directories saved before it is read with, the newest first: those that deltas in it go back to. */
  readonly deltas?: number
}

/**
 * Writes the partitions of a dataset into a directory, each by its task. What is there when it has resolved is safe.
 * @throws JobFailedError, StorageError (rejection)
 */
export async function saveRecords(jobs: JobRunner, target: RddNode, directory: string): Promise<SavedMark> {
  let records = 0
  const f = builtin('savePartition', [], [directory])
  await jobs.run(target, { kind: 'run', f, async: true }, partitionsOf(target), (_, n) => (records += n as number))
  return writeMark(directory, { version: 1, numPartitions: target.numPartitions, records })
}

/**
 * Writes keyed state into a directory: of each partition what has changed since the newest base, or everything where that is better.
 *
 * @param target a version of state, or the timed view of one
 * @param bases the directories that the same state was saved in before, the newest first, as long as each is needed by the one before it
 * @throws JobFailedError, StorageError (rejection)
 */
export async function saveState(
  jobs: JobRunner,
  target: RddNode,
  to: { readonly directory: string; readonly timeMs: number; readonly bases: readonly string[] },
): Promise<SavedMark> {
  let [records, deltas] = [0, 0]
  const { directory, timeMs, bases } = to
  const timed = target.kind === 'stateView' && target.view === 'timed'
  const f = builtin('saveState', [], [directory, timeMs, timed, bases])
  // What is written is taken hold of at once; while it goes to the disk, later batches may change the state.
  await jobs.run(target, { kind: 'run', f, async: true, beside: true }, partitionsOf(target), (_, written) => {
    const part = written as SavedPart
    records += part.records
    deltas = Math.max(deltas, part.deltas)
  })
  return writeMark(directory, { version: 1, numPartitions: target.numPartitions, records, deltas })
}

const partitionsOf = (target: RddNode): number[] => Array.from({ length: target.numPartitions }, (_, i) => i)

async function writeMark(directory: string, mark: SavedMark): Promise<SavedMark> {
  const { fileSystem, path } = fileSystemFor(directory)
  await fileSystem.create(`${path}/${savedMark}`, Buffer.from(`${JSON.stringify(mark)}\n`))
  return mark
}

/** The source that reads a saved dataset, under the id of a node that was made for it; state with the directories that it goes back to. */
export const savedSource = (
  place: RddNode,
  like: RddNode,
  directory: string,
  bases: readonly string[] = [],
): SourceNode => ({
  kind: 'source',
  id: place.id,
  site: place.site,
  operator: 'checkpoint',
  parents: [],
  numPartitions: like.numPartitions,
  ...(like.partitioner === undefined ? {} : { partitioner: like.partitioner }),
  source: {
    kind: 'reader',
    splits: Array.from({ length: like.numPartitions }, () => null),
    read: builtin('readSavedPartition', [], [directory, ...bases]),
  },
})
