import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DStreamError } from '../errors/dstream-error.ts'
import type { TextSplit } from '../rdd/plan/source-spec.ts'

/** No split of a file is longer, however few are asked for: Hadoop's block size of local files. */
const longestSplit = 32 * 1024 * 1024
/** The last split of a file may be longer than the others by so much. */
const slack = 1.1

/**
 * The splits of text files: about `minSplits` of them over all files together, and none of two files. `paths` is one or more paths, separated by
 * commas: files, directories (all files directly in them) or globs; names that begin with `_` or `.` are left out.
 *
 * @throws DStreamError INPUT_NOT_FOUND, INPUT_NOT_A_FILE
 * @see Hadoop's FileInputFormat.getSplits
 */
export function textSplits(paths: string, minSplits: number): TextSplit[] {
  const files = inputFiles(paths)
  const total = files.reduce((sum, file) => sum + file.length, 0)
  const goal = Math.max(1, Math.min(longestSplit, Math.floor(total / Math.max(1, minSplits))))
  return files.flatMap(file => splitsOf(file, goal))
}

/**
 * The files that `paths` names, as for `textSplits`, in order.
 * @throws DStreamError INPUT_NOT_FOUND, INPUT_NOT_A_FILE
 */
export const inputFiles = (paths: string): InputFile[] => splitPaths(paths).flatMap(filesOf)

interface InputFile {
  readonly path: string
  readonly length: number
}

function splitsOf({ path: file, length }: InputFile, goal: number): TextSplit[] {
  if (length === 0) return [{ path: file, start: 0, length: 0 }]
  const splits: TextSplit[] = []
  let start = 0
  while ((length - start) / goal > slack) {
    splits.push({ path: file, start, length: goal })
    start += goal
  }
  if (start < length) splits.push({ path: file, start, length: length - start, last: true })
  return splits
}

/** Commas separate paths, but not inside the braces of a glob. */
function splitPaths(paths: string): string[] {
  return paths.match(/(?:\{[^}]*\}|[^,{])+/g) ?? []
}

function filesOf(pattern: string): InputFile[] {
  const given = path.resolve(pattern.startsWith('file:') ? fileURLToPath(pattern) : pattern)
  if (fs.existsSync(given)) return filesAt(given)
  const found = /[*?[{]/.test(given) ? fs.globSync(given).filter(isVisible).sort() : []
  if (found.length > 0) return found.flatMap(filesAt)
  const what = /[*?[{]/.test(given)
    ? `Input Pattern ${pathToFileURL(given)} matches 0 files`
    : `Input path does not exist: ${pathToFileURL(given)}`
  throw new DStreamError('INPUT_NOT_FOUND', what, {
    hint: 'Check the path; a relative one starts at the working directory.',
  })
}

function filesAt(place: string): InputFile[] {
  const stat = fs.statSync(place)
  if (!stat.isDirectory()) return [{ path: place, length: stat.size }]
  const names = fs.readdirSync(place).filter(isVisible).sort()
  return names.map(name => {
    const file = path.join(place, name)
    const inside = fs.statSync(file)
    if (!inside.isDirectory()) return { path: file, length: inside.size }
    throw new DStreamError('INPUT_NOT_A_FILE', `Not a file: ${pathToFileURL(file)}`, {
      hint: `Directories are not searched; use a glob: ${path.join(place, '*', '*')}`,
    })
  })
}

const isVisible = (file: string): boolean => !/^[._]/.test(path.basename(file))
