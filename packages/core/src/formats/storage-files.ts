import { Buffer } from 'node:buffer'
import { listIfThere, type FileSystem } from '../storage/index.ts'
import type { AsyncFileAccess } from './byte-source.ts'
import type { CommitStorage } from './committer.ts'

/** The files of a file system, for `readSplitLater` and `writePairsLater`. A file is there once it is whole. */
export const storageFiles = (fileSystem: FileSystem): AsyncFileAccess => ({
  open: async path => {
    const reader = await fileSystem.open(path)
    return {
      size: reader.length,
      read: (position, length) => reader.read(position, length),
      close: () => reader.close(),
    }
  },
  create: async path => {
    const writer = await fileSystem.createWriter(path)
    return {
      write: bytes => writer.write(bytes),
      close: () => writer.commit(),
      abort: () => writer.discard(),
    }
  },
})

/** The directories of a file system, for `commitLater`. */
export const storageCommit = (fileSystem: FileSystem): CommitStorage => ({
  exists: async path => (await fileSystem.stat(path)) !== undefined,
  makeDirectory: path => fileSystem.mkdirs(path),
  makeSubdirectory: async path => {
    const parent = path.slice(0, path.lastIndexOf('/'))
    // Only to fail: stores make the parents without being asked.
    if ((await fileSystem.stat(parent)) === undefined) await fileSystem.list(parent)
    await fileSystem.mkdirs(path)
  },
  list: path => listIfThere(fileSystem, path),
  rename: (from, to) => fileSystem.rename(from, to),
  remove: async path => void (await fileSystem.delete(path)),
  write: (path, content) => fileSystem.create(path, Buffer.from(content)),
  read: async path => {
    if ((await fileSystem.stat(path)) === undefined) return undefined
    const reader = await fileSystem.open(path)
    try {
      return Buffer.from(await reader.read(0, reader.length)).toString()
    } finally {
      await reader.close()
    }
  },
})
