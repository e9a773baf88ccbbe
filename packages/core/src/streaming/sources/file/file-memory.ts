import { checkWith, finite, list, object, optional, text, whole } from '../../checkpoint/schema/check.ts'
import type { SeenFiles } from './seen-files.ts'
import type { FileEntry, RememberedFiles, TakenFile } from './select-files.ts'

/** What a file stream remembers across a restart. */
export interface FileMemory {
  /** Files that were modified at this time or before were there when the stream began. */
  readonly ignoreUpToMs: number
  /** The files of the batches that may be made again, and those that are not to be taken a second time. */
  readonly files: readonly TakenFile[]
  /** The times of the batches that may be made again, also of those without files. */
  readonly batches: readonly number[]
  /** The newest batch for which the directory was looked through; undefined before the first. */
  readonly seenUpToMs?: number | undefined
  /** What could not be looked at then, and the newest batch for which it was seen. */
  readonly unseen?: readonly { readonly path: string; readonly upToMs: number }[] | undefined
}

/** The memory of a stream with these rules, remembered files, and files by batch time. */
export function fileMemory(
  ignoreUpToMs: number,
  remembered: RememberedFiles,
  taken: ReadonlyMap<number, readonly FileEntry[]>,
  seen: SeenFiles | undefined,
): FileMemory {
  const files = new Map<string, TakenFile>()
  const add = (file: TakenFile): void => void files.set(`${file.batchMs} ${file.path}`, file)
  for (const [batchMs, ofBatch] of taken) for (const file of ofBatch) add({ ...file, batchMs })
  for (const file of remembered.values()) add(file)
  return {
    ignoreUpToMs,
    files: [...files.values()].sort((a, b) => a.batchMs - b.batchMs),
    batches: [...taken.keys()],
    ...(seen && { seenUpToMs: seen.upToMs }),
    ...(seen && seen.unseen.size > 0 && { unseen: [...seen.unseen].map(([path, upToMs]) => ({ path, upToMs })) }),
  }
}

const entry = { path: text, length: whole, modifiedMs: whole }
const memory = object({
  ignoreUpToMs: finite,
  files: list(object({ ...entry, batchMs: whole })),
  batches: list(whole),
  seenUpToMs: optional(whole),
  unseen: optional(list(object({ path: text, upToMs: whole }))),
})

/** @throws DStreamError CORRUPT_CHECKPOINT */
export const readFileMemory = (value: unknown): FileMemory =>
  checkWith<FileMemory>(memory, value, 'the memory of a file stream')

/** The files of one batch, as the log has them. @throws DStreamError CORRUPT_CHECKPOINT */
export const readFiles = (value: unknown): readonly FileEntry[] =>
  checkWith<readonly FileEntry[]>(list(object(entry)), value, 'the files of a batch')
