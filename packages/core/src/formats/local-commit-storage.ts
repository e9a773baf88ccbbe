import fs from 'node:fs'
import type { CommitEntry, CommitStorage } from './committer.ts'
import { attempt, localPath } from './local-files.ts'

/** The directories of this machine, for `commitAtOnce`. Paths or `file:` addresses. Fails with StorageErrors. */
export const localCommitStorage = {
  exists: path => fs.existsSync(localPath(path)),
  makeDirectory: path => attempt('make directory', path, () => void fs.mkdirSync(localPath(path), { recursive: true })),
  list: path => attempt('list', path, () => entries(localPath(path))),
  rename: (from, to) => attempt('rename', from, () => fs.renameSync(localPath(from), localPath(to))),
  remove: path => attempt('delete', path, () => fs.rmSync(localPath(path), { recursive: true, force: true })),
  touch: path => attempt('create', path, () => fs.writeFileSync(localPath(path), '')),
} satisfies CommitStorage

const entries = (path: string): CommitEntry[] =>
  fs.existsSync(path)
    ? fs.readdirSync(path, { withFileTypes: true }).map(e => ({ name: e.name, isDirectory: e.isDirectory() }))
    : []
