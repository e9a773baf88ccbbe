import { DStreamError } from '../errors/dstream-error.ts'
import type { FileStatus, FileSystem } from './file-system.ts'
import { fileSystemFor } from './file-systems.ts'
import { expandBraces, globToRegExp, isGlob, splitOutside } from './glob.ts'
import { childOf } from './paths.ts'

/** A file to be read, and the store it is in. */
export interface InputFile extends FileStatus {
  readonly fileSystem: FileSystem
}

/** Names that are not data: `_SUCCESS`, `.part-00000.crc`, files still being written. */
export const isHidden = (name: string): boolean => name.startsWith('_') || name.startsWith('.')

/**
 * The files that a path given to textFile means, as Hadoop's FileInputFormat finds them.
 *
 * `paths` is one path or URI, or several separated by commas. Each may be a pattern (`*`, `?`, `[a-c]`, `{a,b}`). A directory stands for the files in it, sorted by
 * name; hidden ones (`_x`, `.x`) are left out, among the matches of a pattern too. (Other than Hadoop: a hidden file that is named in full is read.)
 *
 * @throws DStreamError INPUT_NOT_FOUND, with Spark's text: "Input path does not exist: …", "Input Pattern … matches 0 files"
 * @throws DStreamError INPUT_NOT_A_FILE for a directory inside a directory: "Not a file: …"
 * @example
 * await inputFiles('/logs/2024-*') // the files of every directory and every file of that name, by path
 */
export async function inputFiles(paths: string): Promise<InputFile[]> {
  const found: InputFile[] = []
  for (const path of splitOutside(paths).parts) found.push(...(await filesOf(path.trim())))
  return found
}

async function filesOf(uri: string): Promise<InputFile[]> {
  const { fileSystem, path } = fileSystemFor(uri)
  const matches = await matching(fileSystem, path)
  if (matches.length === 0) throw notFound(uri)
  const files: InputFile[] = []
  for (const match of matches) {
    const inside = match.isDirectory
      ? (await fileSystem.list(match.path)).filter(file => !isHidden(file.name))
      : [match]
    for (const file of inside) {
      if (file.isDirectory) throw notAFile(file.path)
      files.push({ ...file, fileSystem })
    }
  }
  return files
}

/**
 * What matches a path pattern, sorted by path. A path that is no pattern, or is the name of something, matches that.
 *
 * @throws DStreamError MALFORMED_GLOB
 */
export async function matching(fileSystem: FileSystem, pattern: string): Promise<FileStatus[]> {
  const exact = await fileSystem.stat(pattern)
  if (exact !== undefined || !isGlob(pattern)) return exact === undefined ? [] : [exact]
  const found = new Map<string, FileStatus>()
  for (const one of expandBraces(pattern)) {
    for (const status of await walk(fileSystem, one.split('/').filter(Boolean))) found.set(status.path, status)
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** From the top down, one part of the pattern after the other; directories are listed only where a part is a pattern. */
async function walk(fileSystem: FileSystem, parts: readonly string[]): Promise<FileStatus[]> {
  let places: FileStatus[] = [{ path: '/', name: '', isDirectory: true, length: 0, modifiedMs: 0 }]
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1
    const next = await Promise.all(
      places.filter(place => place.isDirectory).map(place => step(fileSystem, place.path, part)),
    )
    places = next.flat().filter(place => !isLast || !isGlob(part) || !isHidden(place.name))
  }
  return places
}

async function step(fileSystem: FileSystem, directory: string, part: string): Promise<FileStatus[]> {
  if (!isGlob(part)) {
    const found = await fileSystem.stat(childOf(directory, part))
    return found === undefined ? [] : [found]
  }
  const pattern = globToRegExp(part)
  return (await fileSystem.list(directory)).filter(child => pattern.test(child.name))
}

function notFound(uri: string): DStreamError {
  const text = isGlob(uri) ? `Input Pattern ${uri} matches 0 files` : `Input path does not exist: ${uri}`
  return new DStreamError('INPUT_NOT_FOUND', text, {
    hint: 'Check the path; relative ones start at the working directory of the program.',
  })
}

const notAFile = (path: string): DStreamError =>
  new DStreamError('INPUT_NOT_A_FILE', `Not a file: ${path}`, {
    hint: `Directories inside of directories are not read: name them, ${path}/* for instance.`,
  })
