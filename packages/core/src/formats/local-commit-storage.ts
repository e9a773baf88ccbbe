import fs from 'node:fs'
import { dirname } from 'node:path'
import type { CommitEntry, CommitStorage } from './committer.ts'
import { attempt, localPath } from './local-files.ts'

/** The directories of this machine, for `commitAtOnce`. Paths or `file:` addresses. Fails with StorageErrors. */
export const localCommitStorage = {
  exists: path => fs.existsSync(localPath(path)),
  makeDirectory: path => attempt('make directory', path, () => makeDirectories(localPath(path))),
  list: path => attempt('list', path, () => entries(localPath(path))),
  rename: (from, to) => attempt('rename', from, () => fs.renameSync(localPath(from), localPath(to))),
  remove: path => attempt('delete', path, () => fs.rmSync(localPath(path), { recursive: true, force: true })),
  touch: path => attempt('create', path, () => fs.writeFileSync(localPath(path), '')),
} satisfies CommitStorage

const entries = (path: string): CommitEntry[] =>
  fs.existsSync(path)
    ? fs.readdirSync(path, { withFileTypes: true }).map(e => ({ name: e.name, isDirectory: e.isDirectory() }))
    : []

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
