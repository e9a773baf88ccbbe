import type { Appender, FileReader, FileSystem, FileWriter } from './file-system.ts'
import { storageError } from './storage-error.ts'

/** One thing a store is asked to do. */
export interface StorageOperation {
  readonly name: keyof FileSystem | 'read' | 'write' | 'commit' | 'sync' | 'truncate'
  readonly path: string
  /** Counts all operations on this store, from 0. */
  readonly index: number
}

/**
 * What goes wrong: the system's error; a write of which only the first `torn` bytes arrive, then EIO; or a rename, commit or sync that says it
 * was done and was not.
 */
export type StorageFault = 'ENOSPC' | 'EIO' | 'EACCES' | { readonly torn: number } | 'lost'

/**
 * A store that fails as planned, for tests: `plan` is asked before each operation.
 *
 * @example
 * const full = faulty(new MemoryFileSystem(), operation => (operation.name === 'create' ? 'ENOSPC' : undefined))
 */
export function faulty(store: FileSystem, plan: (operation: StorageOperation) => StorageFault | undefined): FileSystem {
  let count = 0
  const guard: Guard = async (name, path, action, tear) => {
    const fault = plan({ name, path, index: count++ })
    if (fault === undefined) return action()
    if (fault === 'lost') return undefined as Awaited<ReturnType<typeof action>>
    if (typeof fault === 'object') await tear?.(fault.torn)
    throw storageError(name, path, systemError(typeof fault === 'object' ? 'EIO' : fault))
  }
  return {
    list: path => guard('list', path, () => store.list(path)),
    stat: path => guard('stat', path, () => store.stat(path)),
    open: path => guard('open', path, async () => faultyReader(await store.open(path), path, guard)),
    create: (path, content) => guard('create', path, () => store.create(path, content)),
    createExclusive: (path, content) => guard('createExclusive', path, () => store.createExclusive(path, content)),
    createWriter: path =>
      guard('createWriter', path, async () => faultyWriter(await store.createWriter(path), path, guard)),
    append: path => guard('append', path, async () => new FaultyAppender(await store.append(path), path, guard)),
    rename: (from, to) => guard('rename', from, () => store.rename(from, to)),
    delete: path => guard('delete', path, () => store.delete(path)),
    mkdirs: path => guard('mkdirs', path, () => store.mkdirs(path)),
  }
}

type Guard = <T>(
  name: StorageOperation['name'],
  path: string,
  action: () => Promise<T>,
  tear?: (bytes: number) => Promise<void>,
) => Promise<T>

/** An error as the system gives it. */
export const systemError = (errno: string): Error =>
  Object.assign(new Error(`${errno}: planned by a test`), { code: errno })

const faultyReader = (reader: FileReader, path: string, guard: Guard): FileReader => ({
  length: reader.length,
  readInto: (target, offset) => guard('read', path, () => reader.readInto(target, offset)),
  read: (offset, length) => guard('read', path, () => reader.read(offset, length)),
  close: () => reader.close(),
})

const faultyWriter = (writer: FileWriter, path: string, guard: Guard): FileWriter => ({
  write: bytes => guard('write', path, () => writer.write(bytes), torn => writer.write(bytes.subarray(0, torn))), // prettier-ignore
  commit: () => guard('commit', path, () => writer.commit()),
  discard: () => writer.discard(),
})

class FaultyAppender implements Appender {
  readonly #appender: Appender
  readonly #path: string
  readonly #guard: Guard

  constructor(appender: Appender, path: string, guard: Guard) {
    this.#appender = appender
    this.#path = path
    this.#guard = guard
  }

  get length(): number {
    return this.#appender.length
  }

  write(bytes: Uint8Array): Promise<void> {
    const tear = (torn: number) => this.#appender.write(bytes.subarray(0, torn))
    return this.#guard('write', this.#path, () => this.#appender.write(bytes), tear)
  }

  sync(): Promise<void> {
    return this.#guard('sync', this.#path, () => this.#appender.sync())
  }

  truncate(length: number): Promise<void> {
    return this.#guard('truncate', this.#path, () => this.#appender.truncate(length))
  }

  close(): Promise<void> {
    return this.#appender.close()
  }
}
