import { constants } from 'node:fs'
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Appender, FileReader, FileStatus, FileSystem, FileWriter } from './file-system.ts'
import { LocalAppender, LocalReader, writeAll } from './local-files.ts'
import { byName } from './paths.ts'
import { ownName } from './temporary-name.ts'
import { attempt, errnoOf, StorageError } from './storage-error.ts'

/**
 * The disks of this machine, and what is mounted there.
 *
 * Safe means: the content was flushed to the device (fsync), and so was the directory that names it. A new file is made under a hidden temporary
 * name in its directory (`.name.….tmp`), flushed, and moved to its place: a crash leaves the old file or the new one, and perhaps a
 * temporary one, which no reader takes for data.
 *
 * @example
 * await new LocalFileSystem().create('/tmp/x/greeting', Buffer.from('hello'))
 */
export class LocalFileSystem implements FileSystem {
  async list(directory: string): Promise<FileStatus[]> {
    const names = await attempt('list', directory, () => readdir(directory))
    const found = await Promise.all(names.map(name => this.stat(join(directory, name))))
    return found.filter(status => status !== undefined).sort(byName) // One may have vanished since it was listed.
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    const found = await attempt('look at', path, () => stat(path).catch(undefinedWhereNothingIs))
    if (found === undefined) return undefined
    const isDirectory = found.isDirectory()
    return {
      path,
      name: basename(path),
      isDirectory,
      length: isDirectory ? 0 : found.size,
      modifiedMs: Math.floor(found.mtimeMs),
    }
  }

  open(path: string): Promise<FileReader> {
    return attempt('open', path, async () => {
      const handle = await open(path, 'r')
      const found = await handle.stat()
      if (!found.isDirectory()) return new LocalReader(handle, path, found.size)
      await handle.close()
      throw new StorageError('IS_A_DIRECTORY', 'open', path)
    })
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    const writer = await this.createWriter(path)
    await writeOrDiscard(writer, () => writer.write(content))
    await writeOrDiscard(writer, () => writer.commit())
  }

  async createExclusive(path: string, content: Uint8Array): Promise<boolean> {
    return attempt('create', path, async () => {
      const temporary = await Temporary.make(path)
      try {
        await temporary.write(content)
        await temporary.flush()
        await link(temporary.path, path) // Fails where something is, unlike rename.
        await flushDirectory(dirname(path))
        return true
      } catch (error) {
        if (errnoOf(error) === 'EEXIST') return false
        throw error
      } finally {
        await temporary.discard()
      }
    })
  }

  createWriter(path: string): Promise<FileWriter> {
    return attempt('create', path, () => Temporary.make(path))
  }

  append(path: string): Promise<Appender> {
    return attempt('append to', path, async () => {
      await makeDirectories(dirname(path))
      const handle = await open(path, constants.O_RDWR | constants.O_CREAT)
      await flushDirectory(dirname(path))
      return new LocalAppender(handle, path, (await handle.stat()).size)
    })
  }

  rename(from: string, to: string): Promise<void> {
    return attempt('rename', from, async () => {
      const [source, target] = [await stat(from), await stat(to).catch(undefinedWhereNothingIs)]
      if (target !== undefined && (source.isDirectory() || target.isDirectory()))
        throw new StorageError('FILE_EXISTS', `rename ${from} to`, to)
      await rename(from, to)
      await flushDirectory(dirname(to))
      if (dirname(from) !== dirname(to)) await flushDirectory(dirname(from))
    })
  }

  async delete(path: string): Promise<boolean> {
    return attempt('delete', path, async () => {
      if ((await stat(path).catch(undefinedWhereNothingIs)) === undefined) return false
      await rm(path, { recursive: true, force: true })
      await flushDirectory(dirname(path))
      return true
    })
  }

  mkdirs(path: string): Promise<void> {
    return attempt('make the directory', path, () => makeDirectories(path))
  }
}

/** Numbers the temporary files of this thread. */
let temporaries = 0

/** A file under a hidden temporary name beside the place it is meant for. */
class Temporary implements FileWriter {
  readonly path: string
  readonly #handle: FileHandle
  readonly #target: string
  #open = true

  private constructor(path: string, handle: FileHandle, target: string) {
    this.path = path
    this.#handle = handle
    this.#target = target
  }

  static async make(target: string): Promise<Temporary> {
    await makeDirectories(dirname(target))
    const path = join(dirname(target), `.${basename(target)}.${ownName}-${++temporaries}.tmp`)
    return new Temporary(path, await open(path, 'w'), target)
  }

  write(bytes: Uint8Array): Promise<void> {
    return attempt('write', this.#target, () => writeAll(this.#handle, bytes))
  }

  async flush(): Promise<void> {
    await this.#handle.sync()
    await this.#close()
  }

  commit(): Promise<void> {
    return attempt('create', this.#target, async () => {
      await this.flush()
      await rename(this.path, this.#target)
      await flushDirectory(dirname(this.#target))
    })
  }

  async discard(): Promise<void> {
    await this.#close()
    await rm(this.path, { force: true })
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#handle.close()
  }
}

/** A write that fails (a full disk) takes its temporary file with it. */
async function writeOrDiscard(writer: FileWriter, action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    await writer.discard().catch(() => undefined) // The first error is the one to tell.
    throw error
  }
}

function undefinedWhereNothingIs(error: unknown): undefined {
  const errno = errnoOf(error)
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw error
}

async function makeDirectories(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await flushDirectory(dirname(made))
}

/** What a directory names is safe only once the directory itself was flushed. Windows has no such thing, and needs none. */
async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
