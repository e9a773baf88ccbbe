import fs from 'node:fs'
import type { CommitEntry, CommitStorage } from './committer.ts'
import { localPath } from './local-files.ts'

/** The directories of this machine, for `commitAtOnce`. Paths or `file:` addresses. */
export const localCommitStorage = {
  exists: path => fs.existsSync(localPath(path)),
  makeDirectory: path => void fs.mkdirSync(localPath(path), { recursive: true }),
  list: path => entries(localPath(path)),
  rename: (from, to) => fs.renameSync(localPath(from), localPath(to)),
  remove: path => fs.rmSync(localPath(path), { recursive: true, force: true }),
  touch: path => fs.writeFileSync(localPath(path), ''),
} satisfies CommitStorage

function entries(path: string): CommitEntry[] {
  try {
    return fs.readdirSync(path, { withFileTypes: true }).map(e => ({ name: e.name, isDirectory: e.isDirectory() }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
