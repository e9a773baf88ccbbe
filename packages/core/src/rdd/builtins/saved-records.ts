import { registerBuiltins } from '../../closures/builtins.ts'
import { filesAtRest } from '../../storage/encryption/index.ts'
import { fileSystemFor, type FileSystem } from '../../storage/index.ts'
import { readSavedFile, writeSavedFile } from '../saved/saved-file.ts'
import { savedPartName } from '../saved/saved-records.ts'
import { stateMagic } from '../saved/state-file.ts'
import { readStatePart, saveStatePart, type PartPath } from '../saved/state-parts.ts'

const part =
  (partition: number): PartPath =>
  directory => {
    const { fileSystem, path } = fileSystemFor(directory)
    return { fileSystem: filesAtRest(fileSystem), path: `${path}/${savedPartName(partition)}` }
  }

/** Saving datasets by tasks, so that records do not cross the driver, and reading them again. */
registerBuiltins({
  /** Writes the partition into a directory; gives the number of records. A repeated task writes the same file anew. */
  savePartition:
    (_, [directory]) =>
    (records: Iterable<unknown>, partition: number) => {
      const { fileSystem, path } = part(partition)(directory as string)
      return writeSavedFile(fileSystem, path, records)
    },
  /** Writes the state of a partition into a directory; gives a SavedPart. */
  saveState:
    (_, [directory, timeMs, timed, bases]) =>
    (records: Iterable<unknown>, partition: number) =>
      saveStatePart(records, {
        directory: directory as string,
        timeMs: timeMs as number,
        timed: timed as boolean,
        bases: bases as readonly string[],
        partOf: part(partition),
      }),
  /** The records of a partition, or its SavedState: what was saved there says which. */
  readSavedPartition: (_, directories) => async (_split: unknown, partition: number) => {
    const partOf = part(partition)
    const { fileSystem, path } = partOf(directories[0] as string)
    const state = await beginsWith(fileSystem, path, stateMagic)
    return state ? readStatePart(directories as readonly string[], partOf) : readSavedFile(fileSystem, path)
  },
})

async function beginsWith(store: FileSystem, path: string, magic: Uint8Array): Promise<boolean> {
  const reader = await store.open(path)
  try {
    return magic.length <= reader.length && Buffer.compare(await reader.read(0, magic.length), magic) === 0
  } finally {
    await reader.close()
  }
}
