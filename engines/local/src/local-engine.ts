import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DStreamError } from '@dstream/core/engine'
import type {
  BytesOnDisk,
  Capability,
  EncryptionSettings,
  Engine,
  EngineEvent,
  Job,
  LongRunningHandle,
  LongRunningTask,
} from '@dstream/core/engine'
import { ReceivedFiles } from './blocks/received-files.ts'
import { removeAtExit, removeDirectory } from './blocks/spill-directory.ts'
import { Storage } from './blocks/storage.ts'
import { Scheduler } from './jobs/scheduler.ts'
import { Broadcasts } from './workers/broadcasts.ts'
import { launch } from './workers/launch.ts'
import { WorkerSlot } from './workers/worker-slot.ts'

/** How the embedded engine is set up. */
export interface LocalEngineOptions {
  /** Worker threads; also the default number of partitions. */
  readonly threads: number
  /** How often a task may fail before its job does: 1 for `local[N]`, F for `local[N,F]`. */
  readonly maxFailures: number
  /** `spark.task.maxFailures`: how many workers a partition may bring down. */
  readonly maxWorkerDeaths: number
  /** Heap limit of each worker, in MB; Node's default where undefined. */
  readonly workerHeapMb?: number
  /** What happens to a record on which a user function throws. */
  readonly recordErrors: 'fail' | 'skip'
  /** Shuffle blocks beyond this many bytes go to disk. */
  readonly shuffleMemoryBytes: number
  /** Kept partitions beyond this many bytes make room: to disk or, where their level says so, dropped. Default 1 GiB. */
  readonly storageMemoryBytes?: number
  /** Compress kept partitions that are bytes. `spark.rdd.compress` */
  readonly compressKept?: boolean
  /** Compress blocks of shuffles. `spark.shuffle.compress` */
  readonly compressShuffle?: boolean
  /** How what tasks save is encrypted. `spark.io.encryption.*` */
  readonly encryption?: EncryptionSettings
  /** Encrypt blocks on disk, with a key of so many bits that lives as long as the engine. `spark.io.encryption.enabled` */
  readonly spillKeyBits?: number
  /** Where spilled blocks go; a folder of its own is made in it and removed at the end. `spark.local.dir`. */
  readonly directory?: string
  /** Modules that workers load first: URLs. They register builtins. */
  readonly preload?: readonly string[]
}

/**
 * The embedded engine: stages compiled into loops, on worker threads of this process.
 *
 * Threads start with the engine and are replaced when they die. Records cross threads only as blocks in shared memory, and reach the
 * main thread only as results of actions.
 */
export class LocalEngine implements Engine {
  readonly capabilities: ReadonlySet<Capability> = new Set(['long-running', 'shared-blocks'])
  readonly defaultParallelism: number
  readonly #listeners = new Set<(event: EngineEvent) => void>()
  readonly #scheduler: Scheduler
  readonly #slots: readonly WorkerSlot[]
  readonly #services = new Set<LongRunningHandle>()
  readonly #broadcasts = new Broadcasts()
  readonly #directory: string
  readonly #received: ReceivedFiles
  readonly #preload: readonly string[]
  #closed: Promise<void> | undefined

  constructor(options: LocalEngineOptions) {
    const { threads, maxFailures, maxWorkerDeaths, shuffleMemoryBytes, recordErrors, workerHeapMb } = options
    this.defaultParallelism = threads
    this.#directory = join(options.directory ?? tmpdir(), `dstream-${randomUUID()}`)
    removeAtExit(this.#directory)
    this.#preload = options.preload ?? []
    const spillKey =
      options.spillKeyBits === undefined ? undefined : new Uint8Array(randomBytes(options.spillKeyBits / 8))
    this.#received = new ReceivedFiles(this.#directory, spillKey)
    const emit = (event: EngineEvent): void => {
      for (const listener of this.#listeners) listener(event)
    }
    const now = (): number => Date.now()
    const storage = new Storage({
      memoryBytes: options.storageMemoryBytes ?? 2 ** 30,
      workers: threads,
      post: (worker, message) => this.#slots[worker]!.post(message),
      emit,
      now,
    })
    this.#scheduler = new Scheduler({ maxFailures, maxWorkerDeaths, shuffleMemoryBytes, storage, emit, now })
    const slot = {
      preload: this.#preload,
      recordErrors,
      spillDirectory: this.#directory,
      spillKey,
      encryption: options.encryption,
      heapMb: workerHeapMb,
      compress: { kept: options.compressKept === true, shuffle: options.compressShuffle === true },
      greeting: () => this.#broadcasts.messages,
    }
    this.#slots = Array.from(
      { length: threads },
      (_, worker) =>
        new WorkerSlot(worker, slot, {
          onMessage: (from, message) => this.#scheduler.onMessage(from, message),
          onDeath: (from, reason) => this.#scheduler.onDeath(from, reason),
        }),
    )
    this.#scheduler.useSlots(this.#slots)
  }

  async run(job: Job, onResult: (partition: number, result: unknown) => void, signal?: AbortSignal): Promise<void> {
    if (this.#closed !== undefined) throw engineClosed()
    await this.#scheduler.run(job, onResult, signal)
  }

  release(nodeIds: readonly number[]): void {
    if (this.#closed === undefined) this.#scheduler.release(nodeIds)
  }

  broadcast(key: string, bytes: Uint8Array<SharedArrayBuffer>): void {
    if (this.#closed !== undefined) throw engineClosed()
    const message = this.#broadcasts.add(key, bytes)
    for (const slot of this.#slots) slot.post(message)
  }

  releaseBroadcast(key: string, destroyed?: string): void {
    if (destroyed !== undefined) this.#broadcasts.remove(key)
    const message = { type: 'releaseBroadcast', key, ...(destroyed === undefined ? {} : { destroyed }) } as const
    for (const slot of this.#slots) slot.post(message)
  }

  storeBlock(bytes: Uint8Array<SharedArrayBuffer>): Promise<BytesOnDisk> {
    return this.#closed === undefined ? this.#received.store(bytes) : Promise.reject(engineClosed())
  }

  dropBlock(stored: BytesOnDisk): void {
    this.#received.drop(stored)
  }

  launch(task: LongRunningTask): LongRunningHandle {
    if (this.#closed !== undefined) throw engineClosed()
    const handle = launch(
      { ...task, onEnd: error => (this.#services.delete(handle), task.onEnd(error)) },
      this.#preload,
      this.#broadcasts.messages,
    )
    this.#services.add(handle)
    return handle
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#scheduler.abortAll(engineClosed())
    await Promise.all([
      ...this.#slots.map(slot => slot.close()),
      ...[...this.#services].map(service => service.terminate()),
      this.#received.close(),
    ])
    await removeDirectory(this.#directory)
  }
}

const engineClosed = (): Error =>
  new DStreamError('ENGINE_CLOSED', 'The engine has been closed', {
    hint: 'Run jobs before stop(); a stopped context cannot be used again.',
  })
