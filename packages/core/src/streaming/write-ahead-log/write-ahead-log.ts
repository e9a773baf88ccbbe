import { plainPayloads, type PayloadCipher } from '../../storage/encryption/cipher.ts'
import { DirectoryFencedError } from '../../storage/fence/fence-errors.ts'
import type { Fence } from '../../storage/fence/fence.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { silentLog, type Logger } from '../../logging/index.ts'
import type { Clock } from '../../time/clock.ts'
import { logClosed, notWritten } from './log-errors.ts'
import { CustomLogWriter } from './custom-log-writer.ts'
import type { LogEnd } from './log-files.ts'
import { LogWriter } from './log-writer.ts'
import type { FsyncPolicy, Pending, RecordWriter } from './record-writer.ts'
import { readLog, type LogHandle, type LogRecord, type LogReport, type ReadLogOptions } from './read-log.ts'
import { maxPayloadBytes, payloadChecksum } from './record-format.ts'

export interface WriteAheadLogOptions {
  readonly fileSystem: FileSystem
  /** Made where it is not. */
  readonly directory: string
  readonly clock: Clock
  /** The right to write, for this directory or for one above it. */
  readonly fence: Fence
  readonly cipher?: PayloadCipher
  readonly logger?: Logger
  /** When an append counts as safe. Default `'commit'`. */
  readonly fsync?: FsyncPolicy
  /** `…writeAheadLog.rollingIntervalSecs`, in ms: a new file is begun this often. Default 60,000. */
  readonly rollingIntervalMs?: number
  /** `…writeAheadLog.closeFileAfterWrite`: each write becomes a file of its own, put in place whole. For stores that cannot append. Default false. */
  readonly closeFileAfterWrite?: boolean
  /** `…writeAheadLog.maxFailures`: attempts of each write. Default 3. */
  readonly maxFailures?: number
  /** `…writeAheadLog.batchingTimeout`, in ms: no attempt of a write is begun later than that after the first. Default: as many as there may be. */
  readonly retryForMs?: number
  /** `…writeAheadLog.allowBatching`: records that wait are written and flushed together. Default true. */
  readonly groupCommit?: boolean
  /** `…writeAheadLog.class`: another implementation, as `createLog` finds it. Default: files. */
  readonly implementation?: string
  /** Where to go on: what `readLog` said, for who has read the log. Without it, at the end of the last file. */
  readonly end?: LogEnd
}

/** Of what waits, no more than about this is written at once: the longer a flush takes, the later come the answers. */
const groupBytes = 64 << 20

/**
 * A log of records, from which they can be read again after a crash.
 *
 * Appends that come while a write is under way wait, and are then written together, with one flush: the more come, the cheaper each is. An
 * append resolves when its record is safe as `fsync` says; one that rejects (LOG_NOT_WRITTEN) is not acknowledged: it may be found on recovery, whole, or not. Later appends
 * are tried anew, in a new file. Once another process has taken over, every append rejects with DIRECTORY_FENCED.
 *
 * Invariants, held by crash.test.ts and faults.test.ts:
 * 1. a record that was acknowledged is read after any crash, once, before those that were acknowledged after it was;
 * 2. no record is read that was not appended, or in part;
 * 3. nothing that a fenced writer writes after a take-over is read as a record of the log.
 *
 * @see Spark's FileBasedWriteAheadLog and BatchedWriteAheadLog, docs/formats.md
 * @example
 * const options = { fileSystem: new MemoryFileSystem(), directory: '/log', clock: new ManualClock() }
 * const log = await WriteAheadLog.open({ ...options, fence: await DirectoryFence.acquire(options) })
 * const handle = await log.append(Buffer.from('hello'))
 * Buffer.from(await log.read(handle)).toString() // => 'hello'
 */
export class WriteAheadLog {
  readonly #options: WriteAheadLogOptions
  readonly #writer: RecordWriter
  readonly #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  #fenced: DirectoryFencedError | undefined
  #closed: Promise<void> | undefined

  private constructor(options: WriteAheadLogOptions, writer: RecordWriter) {
    this.#options = options
    this.#writer = writer
  }

  /**
   * Goes on with the log in a directory, or begins one. Acquire the fence first, then read, then open: what the holder before still writes
   * in between does not count.
   * @throws DStreamError FORMAT_TOO_NEW, DIRECTORY_FENCED, StorageError */
  static async open(options: WriteAheadLogOptions): Promise<WriteAheadLog> {
    const { fence, implementation } = options
    await fence.check()
    const known = { logger: silentLog.logger(''), fsync: 'commit', ...options } as const
    const writer = await (implementation === undefined ? LogWriter : CustomLogWriter).open(known)
    try {
      await writer.begin()
      await fence.check()
    } catch (error) {
      await writer.close().catch(() => undefined)
      throw error
    }
    return new WriteAheadLog(options, writer)
  }

  /**
   * Adds a record at the end; the bytes must stay as they are until it has resolved. Records are in the order of the calls.
   * @throws DStreamError LOG_NOT_WRITTEN, DIRECTORY_FENCED, LOG_CLOSED
   */
  append(record: Uint8Array): Promise<LogHandle> {
    const { directory, clock, cipher = plainPayloads } = this.#options
    if (this.#closed !== undefined) return Promise.reject(logClosed(directory))
    if (this.#fenced !== undefined) return Promise.reject(this.#fenced)
    if (record.length > maxPayloadBytes - cipher.overheadBytes) {
      return Promise.reject(new RangeError(`A record of ${record.length} bytes is too large for a log`))
    }
    const { promise, resolve, reject } = Promise.withResolvers<LogHandle>()
    // Here, since another write may be under way: the device and this thread then work at the same time.
    const crc = cipher.overheadBytes === 0 ? payloadChecksum(record) : undefined
    this.#waiting.push({ record, timeMs: clock.now(), crc, resolve, reject })
    this.#writing ??= this.#writeAll()
    return promise
  }

  /** The payload of a record. @throws DStreamError LOG_RECORD_UNREADABLE, PAYLOAD_NOT_OPENED, StorageError */
  read(handle: LogHandle): Promise<Uint8Array> {
    return this.#writer.read(handle)
  }

  /** Every record, oldest first, and what could not be read. All of them in memory: `readLog` gives them one by one. */
  async readAll(onMissing?: ReadLogOptions['onMissing']): Promise<{ records: LogRecord[]; report: LogReport }> {
    const records: LogRecord[] = []
    const report = await readLog(
      { ...this.#options, onMissing: onMissing ?? 'stop' },
      record => void records.push(record),
    )
    return { records, report }
  }

  /**
   * Deletes files of which every record was appended before `thresholdMs`, oldest first, up to one that is not so old. Resolves to how many.
   * A file that cannot be deleted is left for the next time.
   */
  async clean(thresholdMs: number): Promise<number> {
    return this.#writer.clean(thresholdMs)
  }

  /** Makes everything safe that was appended, also where `fsync` does not. */
  async sync(): Promise<void> {
    await this.#writing
    await this.#writer.sync()
  }

  /** Writes what waits, flushes, and ends. Again: nothing. The fence stays with who acquired it. */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      await this.#writing
      await this.#writer.close()
    })()
    return this.#closed
  }

  async #writeAll(): Promise<void> {
    // What is appended in the same turn goes together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#take()
      try {
        const handles = await this.#write(group)
        group.forEach((one, i) => one.resolve(handles[i]!))
      } catch (error) {
        if (error instanceof DirectoryFencedError) this.#fenced = error
        for (const one of group) one.reject(error)
      }
    }
    this.#writing = undefined
  }

  #take(): Waiting[] {
    if (this.#options.groupCommit === false) return this.#waiting.splice(0, 1)
    let bytes = 0
    let count = 0
    for (const { record } of this.#waiting) {
      bytes += record.length
      if (count > 0 && bytes > groupBytes) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #write(group: readonly Pending[]): Promise<LogHandle[]> {
    if (this.#fenced !== undefined) throw this.#fenced
    const { directory, clock, maxFailures = 3, retryForMs = Infinity, logger } = this.#options
    const giveUpMs = clock.elapsed() + retryForMs
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#writer.write(group)
      } catch (error) {
        if (error instanceof DirectoryFencedError) throw error
        if (attempt >= maxFailures || clock.elapsed() > giveUpMs) throw notWritten(directory, attempt, error)
        logger?.warn(`Failed to write to write ahead log in ${directory} (attempt ${attempt} of ${maxFailures})`, error)
      }
    }
  }
}

interface Waiting extends Pending {
  readonly resolve: (handle: LogHandle) => void
  readonly reject: (error: unknown) => void
}
