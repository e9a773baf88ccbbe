import { plainPayloads } from '../../../storage/encryption/cipher.ts'
import { DirectoryFencedError } from '../../../storage/fence/fence-errors.ts'
import type { Fence } from '../../../storage/fence/fence.ts'
import type { FileWriter } from '../../../storage/file-system.ts'
import { DStreamError } from '../../../errors/dstream-error.ts'
import { silentLog, type Logger } from '../../../logging/index.ts'
import type { Clock } from '../../../time/clock.ts'
import { encodeCheckpointHead } from './checkpoint-format.ts'
import { listCheckpoints, payloadOf, readNewestCheckpoint, sealContext } from './read-checkpoints.ts'
import type { CheckpointFile, CheckpointPlace, NewestCheckpoint } from './read-checkpoints.ts'

export interface CheckpointFilesOptions extends CheckpointPlace {
  readonly clock: Clock
  /** The right to write, for this directory or for one above it. */
  readonly fence: Fence
  readonly logger?: Logger
  /** Batch times of which checkpoints are kept. Default 10, as in Spark. */
  readonly kept?: number
  /** Attempts of each write. Default 3, as in Spark. */
  readonly attempts?: number
}

/**
 * The checkpoint files of a program: `checkpoint-<batch time>` in a directory.
 *
 * A file is written under a temporary name, flushed, and moved to its place, so it is there whole or not at all; an earlier one of the same time stays
 * as `checkpoint-<batch time>.bk`. One is written at a time; of those that wait meanwhile only the newest is. A write resolves once a checkpoint at least as new as
 * its own is safe.
 *
 * Invariants, held by checkpoint-files.test.ts:
 * 1. once a write has resolved, the newest checkpoint that is read is that one or a newer one, after any crash;
 * 2. what is read was written, whole;
 * 3. what a fenced writer writes after a take-over is never read in place of what its successor wrote.
 *
 * @see Spark's CheckpointWriter, docs/formats.md
 * @example
 * const options = { fileSystem: new MemoryFileSystem(), directory: '/checkpoint', clock: new ManualClock() }
 * const files = new CheckpointFiles({ ...options, fence: await DirectoryFence.acquire(options) })
 * await files.write(2000, Buffer.from('content')) // => '/checkpoint/checkpoint-2000'
 */
export class CheckpointFiles {
  readonly #options: CheckpointFilesOptions
  readonly #logger: Logger
  #waiting: Write | undefined
  #current: Write | undefined
  /** The newest that is written. */
  #newest: { readonly timeMs: number; readonly path: string } | undefined
  #writing: Promise<void> | undefined
  /** The times of which files are there, in the order in which they count. */
  #times: readonly number[] | undefined

  constructor(options: CheckpointFilesOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLog.logger('')
  }

  /**
   * Writes the checkpoint of a batch, and gives the file; the bytes must stay as they are until it has resolved. One that is overtaken by a newer one that waits is
   * not written, and ends as that one does.
   * @throws DStreamError CHECKPOINT_NOT_WRITTEN (those before are still there), DIRECTORY_FENCED
   */
  write(timeMs: number, content: Uint8Array): Promise<string> {
    if (this.#newest !== undefined && timeMs < this.#newest.timeMs) return Promise.resolve(this.#newest.path)
    for (const newer of [this.#current, this.#waiting]) {
      if (newer !== undefined && timeMs < newer.timeMs) return newer.done.promise
    }
    const write: Write = { timeMs, content, done: Promise.withResolvers() }
    this.#waiting?.done.resolve(write.done.promise)
    this.#waiting = write
    this.#writing ??= this.#writeAll()
    return write.done.promise
  }

  /** Resolves when nothing is being written or waits, whether it went well or not. */
  async settled(): Promise<void> {
    await this.#writing
  }

  /** The files, the one to be used first. For people: the command line shows it. */
  list(): Promise<CheckpointFile[]> {
    return listCheckpoints(this.#options)
  }

  /** What one of them holds, or as a text why it cannot be read. */
  inspect(file: CheckpointFile): Promise<Uint8Array | string> {
    return payloadOf(this.#options, file)
  }

  /** The newest that can be read: readNewestCheckpoint. */
  readNewest<T>(decode: (payload: Uint8Array, file: CheckpointFile) => T): Promise<NewestCheckpoint<T>> {
    return readNewestCheckpoint(this.#options, decode)
  }

  async #writeAll(): Promise<void> {
    for (let write = this.#waiting; write !== undefined; write = this.#waiting) {
      this.#current = write
      this.#waiting = undefined
      try {
        const path = await this.#attempt(write)
        this.#newest = { timeMs: write.timeMs, path }
        write.done.resolve(path)
        await this.#prune(write.timeMs)
      } catch (error) {
        // It may be there nevertheless, and is then to be removed one day: look again.
        this.#times = undefined
        write.done.reject(error)
      }
      this.#current = undefined
    }
    this.#writing = undefined
  }

  async #attempt({ timeMs, content }: Write): Promise<string> {
    const { clock, directory, attempts = 3 } = this.#options
    const path = `${directory}/checkpoint-${timeMs}`
    const startedMs = clock.elapsed()
    for (let attempt = 1; ; attempt++) {
      try {
        const bytes = await this.#put(path, timeMs, content)
        const tookMs = Math.round(clock.elapsed() - startedMs)
        this.#logger.info(
          `Checkpoint for time ${timeMs} ms saved to file '${path}', took ${bytes} bytes and ${tookMs} ms`,
        )
        return path
      } catch (error) {
        if (error instanceof DirectoryFencedError) throw error
        const text = `Could not write checkpoint for time ${timeMs} ms to file '${path}'`
        this.#logger.warn(`${text} (attempt ${attempt} of ${attempts})`, error)
        if (attempt >= attempts) throw new DStreamError('CHECKPOINT_NOT_WRITTEN', text, { cause: error, hint })
      }
    }
  }

  /** One attempt. Resolves to the length of the file. */
  async #put(path: string, timeMs: number, content: Uint8Array): Promise<number> {
    const { fileSystem, fence, clock, cipher = plainPayloads } = this.#options
    const { epoch } = fence
    const payload = cipher.seal(content, sealContext({ epoch, timeMs }))
    const encrypted = cipher.overheadBytes > 0
    const head = encodeCheckpointHead({ epoch, timeMs, encrypted, writtenMs: clock.now() }, payload)
    const length = head.length + payload.length
    await fence.check()
    const writer = await fileSystem.createWriter(path)
    try {
      await writer.write(head)
      await writer.write(payload)
      if (await this.#isWhole(path)) await fileSystem.rename(path, `${path}.bk`)
      await writer.commit()
    } catch (error) {
      await discard(writer)
      throw error
    }
    // A store may say that a file was moved to its place when it was not.
    const there = (await fileSystem.stat(path))?.length
    if (there !== length) {
      throw new DStreamError('CHECKPOINT_NOT_WRITTEN', `${path} has ${there ?? 'no'} bytes instead of ${length}`, {
        hint,
      })
    }
    await fence.check()
    return length
  }

  /** Whether there is a file that is worth to be kept aside: a broken one must not replace a good one there. */
  async #isWhole(path: string): Promise<boolean> {
    if ((await this.#options.fileSystem.stat(path)) === undefined) return false
    if (path === this.#newest?.path) return true
    const file = (await this.list()).find(one => one.path === path)
    return file !== undefined && typeof (await this.inspect(file)) !== 'string'
  }

  /** Removes what is older than the times that are kept, and what crashes have left. What cannot be removed is left for the next time. */
  async #prune(timeMs: number): Promise<void> {
    const { fileSystem, directory, kept = 10 } = this.#options
    try {
      if (this.#times === undefined) await this.#removeLeftovers()
      const known = this.#times ?? (await this.list()).map(file => file.timeMs)
      const times = [...new Set([timeMs, ...known])]
      for (const old of times.slice(kept)) {
        await fileSystem.delete(`${directory}/checkpoint-${old}`)
        await fileSystem.delete(`${directory}/checkpoint-${old}.bk`)
      }
      this.#times = times.slice(0, kept)
    } catch (error) {
      this.#logger.warn(`Old checkpoints in ${directory} are left for later`, error)
      this.#times = undefined
    }
  }

  async #removeLeftovers(): Promise<void> {
    const { fileSystem, directory } = this.#options
    for (const { path, name } of await fileSystem.list(directory)) {
      if (/^\.checkpoint-.*\.tmp$/.test(name)) await fileSystem.delete(path)
    }
  }
}

interface Write {
  readonly timeMs: number
  readonly content: Uint8Array
  readonly done: PromiseWithResolvers<string>
}

const hint = 'See the cause. The checkpoints before it are still there.'

/** A writer that failed leaves nothing, if it can. */
async function discard(writer: FileWriter): Promise<void> {
  await writer.discard().catch(() => undefined)
}
