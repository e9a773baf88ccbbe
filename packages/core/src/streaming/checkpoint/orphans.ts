import { fileSystemFor, listIfThere, type FileStatus, type FileSystem } from '../../storage/index.ts'

/**
 * Removes from the directories of runs beside `own` everything but the saves that are needed.
 *
 * @param own the directory of this run; its name is the number of the run, and those of later runs are left alone
 * @param needed paths of `<run>/stream-<id>/<time>`
 */
export async function removeOrphans(own: string, needed: ReadonlySet<string>): Promise<void> {
  const { fileSystem, path } = fileSystemFor(own)
  const all = path.slice(0, path.lastIndexOf('/'))
  const number = Number(path.slice(all.length + 1))
  for (const run of await directoriesIn(fileSystem, all)) {
    if (run.path === path || Number(run.name) > number) continue
    let kept = false
    for (const stream of await directoriesIn(fileSystem, run.path)) {
      for (const save of await directoriesIn(fileSystem, stream.path)) {
        if (needed.has(save.path)) kept = true
        else await fileSystem.delete(save.path)
      }
    }
    if (!kept) await fileSystem.delete(run.path)
  }
}

const directoriesIn = async (fileSystem: FileSystem, path: string): Promise<FileStatus[]> =>
  (await listIfThere(fileSystem, path)).filter(found => found.isDirectory)
