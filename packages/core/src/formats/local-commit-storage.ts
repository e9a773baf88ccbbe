import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ownName } from '../storage/temporary-name.ts'
import type { CommitEntry, CommitStorage } from './committer.ts'
import { attempt, localPath } from './local-files.ts'

/** The directories of this machine, for `commitAtOnce`. Paths or `file:` addresses. Fails with StorageErrors. */
export const localCommitStorage = {
  exists: path => fs.existsSync(localPath(path)),
  makeDirectory: path => attempt('make directory', path, () => makeDirectories(localPath(path))),
  makeSubdirectory: path => attempt('make directory', path, () => makeOne(localPath(path))),
  list: path => attempt('list', path, () => entries(localPath(path))),
  rename: (from, to) => attempt('rename', from, () => fs.renameSync(localPath(from), localPath(to))),
  remove: path => attempt('delete', path, () => fs.rmSync(localPath(path), { recursive: true, force: true })),
  write: (path, content) => attempt('create', path, () => writeWhole(localPath(path), content)),
  read: path => attempt('read', path, () => textOf(localPath(path))),
} satisfies CommitStorage

const entries = (path: string): CommitEntry[] =>
  fs.existsSync(path)
    ? fs.readdirSync(path, { withFileTypes: true }).map(e => ({ name: e.name, isDirectory: e.isDirectory() }))
    : []

function writeWhole(path: string, content: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${ownName}.tmp`)
  fs.writeFileSync(temporary, content, { flush: true })
  flushDirectory(dirname(path))
  fs.renameSync(temporary, path)
  flushDirectory(dirname(path))
  flushNameOf(dirname(path))
}

/** The directory is as new as what is in it. The one that names it is not this program's: it may be one that can be written to and not read. */
function flushNameOf(directory: string): void {
  try {
    flushDirectory(dirname(directory))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
  }
}

/** What a directory names is safe once the directory was flushed. Windows has no such thing, and needs none. */
function flushDirectory(path: string): void {
  if (process.platform === 'win32') return
  const handle = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

function textOf(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** As `mkdir` with `recursive`, which never returns where a directory says ENOENT to whatever is made in it, as `/proc` does. */
function makeDirectories(path: string): void {
  try {
    makeOne(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error
    makeDirectories(dirname(path))
    makeOne(path)
  }
}

function makeOne(path: string): void {
  try {
    fs.mkdirSync(path)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && fs.statSync(path).isDirectory()
    if (!isThere) throw error
  }
}
