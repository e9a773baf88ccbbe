import { access, constants, glob, readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileSystemFor, StorageError } from '../../../storage/index.ts'
import type { FileEntry } from './select-files.ts'

/** Files are asked about this many at a time. */
const atOnce = 64

/** What could not be looked at: a directory or a file, or where none is named everything. */
export interface Problem {
  readonly message: string
  readonly error?: unknown
  readonly path?: string
}

/** What was found in the directories of a file stream. */
export interface Listing {
  readonly files: readonly FileEntry[]
  /** The directories that could not be read, or that there are none. */
  readonly problems: readonly Problem[]
}

/**
 * The files directly in a directory (of a disk or of a registered store), or in all directories of a disk that a glob matches; what is nested deeper is not looked at. A file that
 * vanishes meanwhile is left out. Never throws.
 *
 * @param accepts the filter of the stream, a driver function; what it throws is thrown
 */
export async function listFiles(place: string, accepts: (path: string) => boolean): Promise<Listing> {
  if (isInStore(place)) return listStore(place, accepts)
  const problems: Problem[] = []
  const files: FileEntry[] = []
  const directories = await directoriesOf(place)
  if (directories.length === 0) problems.push({ message: `No directory to scan: ${place}` })
  for (const directory of directories) {
    try {
      const names = (await readdir(directory, { withFileTypes: true })).filter(entry => !entry.isDirectory())
      files.push(...(await entriesOf(names.map(entry => join(directory, entry.name)).filter(accepts), problems)))
    } catch (error) {
      if (!isOfFiles(error)) throw error
      problems.push({ message: `Error finding new files under ${directory}`, error, path: directory })
    }
  }
  return { files, problems }
}

/** The files that can be opened, and the others. */
export async function readable(
  files: readonly FileEntry[],
): Promise<{ readonly can: FileEntry[]; readonly cannot: { readonly file: FileEntry; readonly error: unknown }[] }> {
  const can: FileEntry[] = []
  const cannot: { file: FileEntry; error: unknown }[] = []
  for (const file of files) {
    try {
      if (isInStore(file.path)) await openInStore(file.path)
      else await access(file.path, constants.R_OK)
      can.push(file)
    } catch (error) {
      cannot.push({ file, error })
    }
  }
  return { can, cannot }
}

/** A directory of a registered store, whose URI begins with another scheme than `file`. */
const isInStore = (place: string): boolean => /^(?!file:)[a-z][a-z0-9+.-]+:/i.test(place)

async function listStore(uri: string, accepts: (path: string) => boolean): Promise<Listing> {
  const { fileSystem, path: directory } = fileSystemFor(uri)
  try {
    const found = (await fileSystem.list(directory)).filter(({ isDirectory }) => !isDirectory)
    const files = found.map(({ name, length, modifiedMs }) => ({
      path: `${uri.replace(/\/$/, '')}/${name}`,
      length,
      modifiedMs,
    }))
    return { files: files.filter(({ path }) => accepts(path)), problems: [] }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    const message =
      error.code === 'FILE_NOT_FOUND' ? `No directory to scan: ${uri}` : `Error finding new files under ${uri}`
    return { files: [], problems: [{ message, error }] }
  }
}

async function openInStore(uri: string): Promise<void> {
  const { fileSystem, path } = fileSystemFor(uri)
  await (await fileSystem.open(path)).close()
}

async function directoriesOf(place: string): Promise<string[]> {
  const path = resolve(place.startsWith('file:') ? fileURLToPath(place) : place)
  if (await isDirectory(path)) return [path]
  if (!/[*?[{]/.test(path)) return []
  const found: string[] = []
  for await (const match of glob(path)) if (await isDirectory(match)) found.push(match)
  return found.sort()
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isOfFiles(error)) return false
    throw error
  }
}

async function entriesOf(paths: readonly string[], problems: Problem[]): Promise<FileEntry[]> {
  const entries: FileEntry[] = []
  for (let from = 0; from < paths.length; from += atOnce) {
    const some = await Promise.all(paths.slice(from, from + atOnce).map(path => entryOf(path, problems)))
    for (const entry of some) if (entry !== undefined) entries.push(entry)
  }
  return entries
}

async function entryOf(path: string, problems: Problem[]): Promise<FileEntry | undefined> {
  try {
    const { size, mtimeMs, isDirectory } = await factsOf(path)
    // A link to a directory is no file.
    return isDirectory ? undefined : { path, length: size, modifiedMs: Math.floor(mtimeMs) }
  } catch (error) {
    if (!isOfFiles(error)) throw error
    // It vanished between the listing and now, or is a link to nowhere.
    if (!isNothing(error)) problems.push({ message: `${path} cannot be looked at`, error, path })
    return undefined
  }
}

async function factsOf(
  path: string,
): Promise<{ readonly size: number; readonly mtimeMs: number; readonly isDirectory: boolean }> {
  const facts = await stat(path)
  return { size: facts.size, mtimeMs: facts.mtimeMs, isDirectory: facts.isDirectory() }
}

const isNothing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')

const isOfFiles = (error: unknown): boolean => error instanceof Error && 'syscall' in error
