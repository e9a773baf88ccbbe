import type { Appender, FileReader, FileStatus, FileSystem, FileWriter } from './file-system.ts'
import { byName, childOf, nameOf, normalPath, parentOf } from './paths.ts'
import { StorageError } from './storage-error.ts'

/** A file's content, and how much of it would survive a crash. */
interface MemoryFile {
  content: Uint8Array
  /** The content as of the last flush. */
  safe: Uint8Array
  modifiedMs: number
}

type Entry = MemoryFile | 'directory'

/** What MemoryFileSystem can be told. */
export interface MemoryFileSystemOptions {
  /** Gives modification times, epoch milliseconds; always 0 by default. */
  readonly now?: () => number
}

/**
 * A FileSystem in the memory of this thread, for tests: the same rules as a disk, modification times from a given clock, and crashes at will.
 *
 * @example
 * const fs = new MemoryFileSystem()
 * await fs.create('/a', Buffer.from('hello'))
 */
export class MemoryFileSystem implements FileSystem {
  readonly #entries = new Map<string, Entry>([['/', 'directory']])
  readonly #now: () => number

  constructor({ now = () => 0 }: MemoryFileSystemOptions = {}) {
    this.#now = now
  }

  /**
   * What a power failure does: bytes that were appended and not flushed are lost, but for the first `keep(path, unsafeBytes)` of them (none by
   * default), since a disk may have written any part.
   */
  crash(keep: (path: string, unsafeBytes: number) => number = () => 0): void {
    for (const [path, file] of this.#entries) {
      if (file === 'directory') continue
      const unsafe = Math.max(0, file.content.length - file.safe.length)
      const kept = file.content.slice(0, file.safe.length + Math.min(keep(path, unsafe), unsafe))
      file.content = file.safe = unsafe > 0 ? kept : file.safe
    }
  }

  /** Sets a file's modification time, as `touch` does. */
  touch(path: string, modifiedMs: number): void {
    this.#file('touch', path).modifiedMs = modifiedMs
  }

  async list(directory: string): Promise<FileStatus[]> {
    const path = this.#place('list', directory)
    const entry = this.#entries.get(path)
    if (entry === undefined) throw new StorageError('FILE_NOT_FOUND', 'list', path)
    if (entry !== 'directory') throw new StorageError('NOT_A_DIRECTORY', 'list', path)
    const children = [...this.#entries.keys()].filter(other => other !== '/' && parentOf(other) === path)
    return children.map(child => this.#statusOf(child, this.#entries.get(child)!)).sort(byName)
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    const entry = this.#entries.get(normalPath(path))
    return entry && this.#statusOf(normalPath(path), entry)
  }

  async open(path: string): Promise<FileReader> {
    const file = this.#file('open', path)
    // As with an open file of a disk: what is appended later can be read, a file put in its place cannot.
    const readInto = async (target: Uint8Array, offset: number) => {
      const part = file.content.subarray(offset, offset + target.length)
      target.set(part)
      return part.length
    }
    return {
      length: file.content.length,
      readInto,
      read: async (offset, length) => file.content.slice(offset, offset + length),
      close: async () => undefined,
    }
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    const place = this.#placeForFile('create', path)
    const copy = new Uint8Array(content)
    this.#entries.set(place, { content: copy, safe: copy, modifiedMs: this.#now() })
  }

  async createExclusive(path: string, content: Uint8Array): Promise<boolean> {
    if (this.#entries.has(normalPath(path))) return false
    await this.create(path, content)
    return true
  }

  async createWriter(path: string): Promise<FileWriter> {
    this.#makeDirectories(parentOf(normalPath(path)))
    const parts: Uint8Array[] = []
    return {
      write: async bytes => void parts.push(new Uint8Array(bytes)),
      commit: () => this.create(path, Buffer.concat(parts)),
      discard: async () => undefined,
    }
  }

  async append(path: string): Promise<Appender> {
    const place = this.#placeForFile('append to', path)
    const file = (this.#entries.get(place) as MemoryFile | undefined) ?? {
      content: empty,
      safe: empty,
      modifiedMs: this.#now(),
    }
    this.#entries.set(place, file)
    return new MemoryAppender(file, this.#now)
  }

  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [normalPath(from), normalPath(to)]
    const entry = this.#entries.get(source)
    const replaced = this.#entries.get(target)
    if (entry === undefined) throw new StorageError('FILE_NOT_FOUND', 'rename', from)
    if (this.#entries.get(parentOf(target)) !== 'directory')
      throw new StorageError('FILE_NOT_FOUND', `rename ${from} to`, to)
    if (replaced !== undefined && (entry === 'directory' || replaced === 'directory')) {
      throw new StorageError('FILE_EXISTS', `rename ${from} to`, to)
    }
    for (const [path, moved] of [...this.#entries]) {
      if (!isWithin(path, source)) continue
      this.#entries.delete(path)
      this.#entries.set(target + path.slice(source.length), moved)
    }
  }

  async delete(path: string): Promise<boolean> {
    const place = normalPath(path)
    const was = this.#entries.has(place)
    for (const other of [...this.#entries.keys()]) if (isWithin(other, place)) this.#entries.delete(other)
    return was
  }

  async mkdirs(path: string): Promise<void> {
    this.#makeDirectories(normalPath(path))
  }

  #statusOf(path: string, entry: Entry): FileStatus {
    const isDirectory = entry === 'directory'
    return {
      path,
      name: nameOf(path),
      isDirectory,
      length: isDirectory ? 0 : entry.content.length,
      modifiedMs: isDirectory ? 0 : entry.modifiedMs,
    }
  }

  #file(operation: string, path: string): MemoryFile {
    const entry = this.#entries.get(this.#place(operation, path))
    if (entry === undefined) throw new StorageError('FILE_NOT_FOUND', operation, path)
    if (entry === 'directory') throw new StorageError('IS_A_DIRECTORY', operation, path)
    return entry
  }

  /** The path in its normal form, where no part above it is a file. */
  #place(operation: string, path: string): string {
    const place = normalPath(path)
    for (let above = parentOf(place); above !== '/'; above = parentOf(above)) {
      const entry = this.#entries.get(above)
      if (entry !== undefined && entry !== 'directory') throw new StorageError('NOT_A_DIRECTORY', operation, path)
    }
    return place
  }

  #placeForFile(operation: string, path: string): string {
    const place = this.#place(operation, path)
    if (this.#entries.get(place) === 'directory') throw new StorageError('IS_A_DIRECTORY', operation, path)
    this.#makeDirectories(parentOf(place))
    return place
  }

  #makeDirectories(path: string): void {
    let place = '/'
    for (const part of path.split('/').filter(Boolean)) {
      place = childOf(place, part)
      const entry = this.#entries.get(place)
      if (entry === undefined) this.#entries.set(place, 'directory')
      else if (entry !== 'directory')
        throw new StorageError(place === path ? 'FILE_EXISTS' : 'NOT_A_DIRECTORY', 'make the directory', path)
    }
  }
}

const empty = new Uint8Array(0)

const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(childOf(directory, ''))

class MemoryAppender implements Appender {
  readonly #file: MemoryFile
  readonly #now: () => number

  constructor(file: MemoryFile, now: () => number) {
    this.#file = file
    this.#now = now
  }

  get length(): number {
    return this.#file.content.length
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#file.content = new Uint8Array(Buffer.concat([this.#file.content, bytes]))
    this.#file.modifiedMs = this.#now()
  }

  async sync(): Promise<void> {
    this.#file.safe = this.#file.content
  }

  async truncate(length: number): Promise<void> {
    this.#file.content = this.#file.safe = this.#file.content.slice(0, length)
  }

  async close(): Promise<void> {}
}
