import { savedMark, savedPartName, type SavedMark } from '../../../rdd/saved/saved-records.ts'
import { fileSystemFor, listIfThere, type FileSystem } from '../../../storage/index.ts'
import type { SavedTimeContent } from '../schema/index.ts'
import type { InspectedSave } from './inspection.ts'

/** What there is on disk of something that was saved. What is missing is told to `damaged`. */
export async function inspectSave(saved: SavedTimeContent, damaged: (what: string) => void): Promise<InspectedSave> {
  const { timeMs, directory, bases = [], numPartitions, stateVersion = 0 } = saved
  const own = await inspectDirectory(directory, numPartitions, damaged)
  const others = await Promise.all(bases.map(base => inspectDirectory(base, numPartitions, damaged)))
  const bytes = [own, ...others].reduce((sum, one) => sum + one.bytes, 0)
  return { batchMs: timeMs, directory, bases, partitions: numPartitions, bytes, records: own.records, stateVersion }
}

async function inspectDirectory(
  directory: string,
  numPartitions: number,
  damaged: (what: string) => void,
): Promise<{ readonly bytes: number; readonly records: number | undefined }> {
  const { fileSystem, path } = fileSystemFor(directory)
  const found = new Map((await listIfThere(fileSystem, path)).map(file => [file.name, file]))
  const parts = Array.from({ length: numPartitions }, (_, partition) => savedPartName(partition))
  const missing = parts.filter(name => !found.has(name))
  if (missing.length > 0) damaged(`${directory}: ${missing.length} of ${numPartitions} partitions are missing`)
  const mark = found.has(savedMark) ? await markIn(fileSystem, `${path}/${savedMark}`) : undefined
  if (mark === undefined && missing.length === 0) damaged(`${directory}: ${savedMark} is missing or cannot be read`)
  return {
    bytes: parts.reduce((sum, name) => sum + (found.get(name)?.length ?? 0), 0),
    records: missing.length === 0 ? mark?.records : undefined,
  }
}

/** A mark is a line of text; what is longer is none. */
const longestMark = 10_000

async function markIn(fileSystem: FileSystem, path: string): Promise<SavedMark | undefined> {
  const reader = await fileSystem.open(path)
  try {
    const mark = JSON.parse(Buffer.from(await reader.read(0, longestMark)).toString()) as Partial<SavedMark> | null
    return typeof mark?.records === 'number' ? (mark as SavedMark) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  } finally {
    await reader.close()
  }
}
