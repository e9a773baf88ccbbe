import {
  MemoryFileSystem,
  storageError,
  systemError,
  type Appender,
  type FileReader,
  type FileStatus,
  type FileSystem,
  type FileWriter,
} from '@dstream/core/simulation'
import type { Fault, Faults } from './faults.ts'
import { current } from './simulated-process.ts'
import type { World } from './world.ts'

/** What an operation does to the disk below, in whole or in part. */
interface Deed<T> {
  readonly whole: () => Promise<T>
  /** The first part of what is written. */
  readonly part?: (share: number) => Promise<unknown>
  /** What the caller is told when the store lies. */
  readonly pretended?: T
}

/**
 * The disk that all processes share. Every operation waits for its turn, may take long, and may fail in every way that a disk has; a crash finds some of them
 * done, some not, some in part.
 */
export class SimulatedStore implements FileSystem {
  readonly disk: MemoryFileSystem
  readonly #world: World
  readonly #faults: Faults
  readonly #batchMs: number
  /** The checkpoints that were put in their places, in order: the file, after which step, by which process. */
  readonly checkpoints: { readonly path: string; readonly step: number; readonly process: number }[] = []
  /** What a power failure takes back, by path: the content before. */
  readonly #unsure = new Map<string, Uint8Array | undefined>()

  constructor(world: World, faults: Faults, batchMs: number) {
    this.#world = world
    this.#faults = faults
    this.#batchMs = batchMs
    this.disk = new MemoryFileSystem({ now: () => world.wallMs })
  }

  /** The machine loses its power: what was not flushed is lost, or a part of it. */
  async powerFails(): Promise<void> {
    const { random } = this.#world
    this.disk.crash((_, unsafe) => random.pick([0, unsafe, random.below(unsafe + 1)]))
    for (const [path, before] of this.#unsure) {
      this.#world.trace.add(`lost ${path}`)
      if (before === undefined) await this.disk.delete(path)
      else await this.disk.create(path, before)
    }
    this.#unsure.clear()
  }

  /** There is a file of a checkpoint, whole or not. */
  async hasCheckpoint(): Promise<boolean> {
    if ((await this.disk.stat('/checkpoint')) === undefined) return false
    return (await this.disk.list('/checkpoint')).some(({ name }) => /^checkpoint-\d+/.test(name))
  }

  list(directory: string): Promise<FileStatus[]> {
    return this.#do('list', directory, { whole: () => this.disk.list(directory) })
  }

  stat(path: string): Promise<FileStatus | undefined> {
    return this.#do('stat', path, { whole: () => this.disk.stat(path) })
  }

  open(path: string): Promise<FileReader> {
    return this.#do('open', path, { whole: async () => this.#reader(await this.disk.open(path), path) })
  }

  create(path: string, content: Uint8Array): Promise<void> {
    return this.#do('create', path, { whole: () => this.disk.create(path, content) })
  }

  createExclusive(path: string, content: Uint8Array): Promise<boolean> {
    return this.#do('createExclusive', path, { whole: () => this.disk.createExclusive(path, content) })
  }

  createWriter(path: string): Promise<FileWriter> {
    const process = current().process.number
    return this.#do('createWriter', path, {
      whole: async () => this.#writer(path, await this.disk.createWriter(path), process),
    })
  }

  append(path: string): Promise<Appender> {
    return this.#do('append', path, { whole: async () => this.#appender(await this.disk.append(path), path) })
  }

  rename(from: string, to: string): Promise<void> {
    return this.#do('rename', to, { whole: () => this.disk.rename(from, to), pretended: undefined })
  }

  delete(path: string): Promise<boolean> {
    return this.#do('delete', path, { whole: () => this.disk.delete(path) })
  }

  mkdirs(path: string): Promise<void> {
    return this.#do('mkdirs', path, { whole: () => this.disk.mkdirs(path) })
  }

  #reader(reader: FileReader, path: string): FileReader {
    return {
      length: reader.length,
      readInto: (target, offset) => this.#do('read', path, { whole: () => reader.readInto(target, offset) }),
      read: (offset, length) => this.#do('read', path, { whole: () => reader.read(offset, length) }),
      close: () => reader.close(),
    }
  }

  #committed(path: string, process: number): void {
    if (/\/checkpoint-\d+$/.test(path)) this.checkpoints.push({ path, step: this.#world.stepsTaken, process })
  }

  #writer(path: string, writer: FileWriter, process: number): FileWriter {
    return {
      write: bytes => this.#do('write', path, { whole: () => writer.write(bytes) }),
      commit: async () => {
        const before = await this.#contentOf(path)
        const whole = async (): Promise<void> => {
          await writer.commit()
          this.#committed(path, process)
        }
        return this.#do('commit', path, { whole, pretended: undefined }, () => {
          if (!this.#unsure.has(path)) this.#unsure.set(path, before)
        })
      },
      discard: () => writer.discard(),
    }
  }

  #appender(appender: Appender, path: string): Appender {
    const write = (bytes: Uint8Array): Promise<void> =>
      this.#do('write', path, {
        whole: () => appender.write(bytes),
        part: share => appender.write(bytes.subarray(0, Math.floor(bytes.length * share))),
      })
    const cut = (length: number) => this.#do('truncate', path, { whole: () => appender.truncate(length) })
    return {
      get length() {
        return appender.length
      },
      write,
      sync: () => this.#do('sync', path, { whole: () => appender.sync() }),
      truncate: cut,
      close: () => appender.close(),
    }
  }

  #do<T>(operation: string, path: string, deed: Deed<T>, onUnsure?: () => void): Promise<T> {
    const { random } = this.#world
    const done = Promise.withResolvers<T>()
    const happen = (): void => {
      const fault = this.#faults.of(operation, path)
      this.#perform(operation, path, deed, fault, onUnsure).then(done.resolve, done.reject)
    }
    const onCrash = (): void => {
      const share = random.below(3)
      if (share === 0) return
      if (share === 1 || deed.part === undefined) deed.whole().catch(() => undefined)
      else deed.part(random.below(100) / 100).catch(() => undefined)
    }
    this.#world.park(operation, path, this.#faults.delayMs(this.#batchMs), happen, onCrash)
    return done.promise
  }

  async #perform<T>(
    operation: string,
    path: string,
    { whole, part, pretended }: Deed<T>,
    fault: Fault | undefined,
    onUnsure: (() => void) | undefined,
  ): Promise<T> {
    if (fault === undefined) return whole()
    switch (fault.kind) {
      case 'lostInCrash':
        onUnsure?.()
        return whole()
      case 'notDone':
        return pretended as T
      case 'torn':
        await part?.(this.#world.random.below(100) / 100)
        break
      case 'doneButFailed':
        await whole()
        break
      case 'error':
    }
    this.#world.trace.add(`${fault.kind} ${operation} ${path}`)
    throw storageError(operation, path, systemError(fault.kind === 'error' ? fault.errno : 'EIO'))
  }

  async #contentOf(path: string): Promise<Uint8Array | undefined> {
    const found = await this.disk.stat(path)
    return found === undefined ? undefined : (await this.disk.open(path)).read(0, found.length)
  }
}
