import { builtin } from '../../closures/index.ts'
import { fileSystemFor } from '../../storage/index.ts'
import type { JobRunner } from '../context.ts'
import type { RddNode, SourceNode } from '../plan/node.ts'

/** The file of a partition in the directory of a saved dataset. */
export const savedPartName = (partition: number): string => `part-${String(partition).padStart(5, '0')}`

/** The file that says that all partitions are there: it is written last. */
export const savedMark = '_SAVED'

/** What the mark says: a version, so that later programs can tell what they find. */
export interface SavedMark {
  readonly version: 1
  readonly numPartitions: number
  readonly records: number
}

/**
 * Writes the partitions of a dataset into a directory, each by its task. What is there when it has resolved is safe.
 * @throws JobFailedError, StorageError (rejection)
 */
export async function saveRecords(jobs: JobRunner, target: RddNode, directory: string): Promise<SavedMark> {
  const all = Array.from({ length: target.numPartitions }, (_, partition) => partition)
  let records = 0
  const f = builtin('savePartition', [], [directory])
  await jobs.run(target, { kind: 'run', f, async: true }, all, (_, written) => (records += written as number))
  const mark: SavedMark = { version: 1, numPartitions: target.numPartitions, records }
  const { fileSystem, path } = fileSystemFor(directory)
  await fileSystem.create(`${path}/${savedMark}`, Buffer.from(`${JSON.stringify(mark)}\n`))
  return mark
}

/** The source that reads a saved dataset, under the id of a node that was made for it. */
export const savedSource = (place: RddNode, like: RddNode, directory: string): SourceNode => ({
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
    read: builtin('readSavedPartition', [], [directory]),
  },
})
