import type { TextSplit } from '../../../rdd/plan/source-spec.ts'
import type { FileEntry } from './select-files.ts'

/** A split is worth its task from this many bytes on. */
const shortestSplit = 1024 * 1024
/** No split is longer: Hadoop's block size of local files. */
const longestSplit = 32 * 1024 * 1024

/**
 * The splits of the files of a batch: none of two files, and so that all cores have about equally much to read where there is enough. An
 * empty file has none.
 */
export function splitsOf(files: readonly FileEntry[], parallelism: number): TextSplit[] {
  const total = files.reduce((sum, file) => sum + file.length, 0)
  const goal = Math.min(longestSplit, Math.max(shortestSplit, Math.ceil(total / Math.max(1, parallelism))))
  return files.flatMap(file => cut(file, goal))
}

function cut({ path, length }: FileEntry, goal: number): TextSplit[] {
  // Equal parts: a short rest would be a task of its own.
  const parts = Math.max(1, Math.round(length / goal), Math.ceil(length / longestSplit))
  const at = (part: number): number => Math.floor((part * length) / parts)
  if (length === 0) return []
  return Array.from({ length: parts }, (_, i) => ({
    path,
    start: at(i),
    length: at(i + 1) - at(i),
    ...(i === parts - 1 ? { last: true } : {}),
  }))
}
