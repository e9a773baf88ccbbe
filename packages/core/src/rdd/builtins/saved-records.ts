import { registerBuiltins } from '../../closures/index.ts'
import { fileSystemFor } from '../../storage/index.ts'
import { readSavedFile, writeSavedFile } from '../saved/saved-file.ts'
import { savedPartName } from '../saved/saved-records.ts'

/** Saving datasets by tasks, so that records do not cross the driver, and reading them again. */
registerBuiltins({
  /** Writes the partition into a directory; gives the number of records. A repeated task writes the same file anew. */
  savePartition:
    (_, [directory]) =>
    (records: Iterable<unknown>, partition: number) => {
      const { fileSystem, path } = fileSystemFor(directory as string)
      return writeSavedFile(fileSystem, `${path}/${savedPartName(partition)}`, records)
    },
  readSavedPartition:
    (_, [directory]) =>
    (_split: unknown, partition: number) => {
      const { fileSystem, path } = fileSystemFor(directory as string)
      return readSavedFile(fileSystem, `${path}/${savedPartName(partition)}`)
    },
})
