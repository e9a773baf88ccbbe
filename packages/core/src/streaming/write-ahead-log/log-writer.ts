import { plainPayloads } from '../../storage/encryption/cipher.ts'
import { DirectoryFencedError } from '../../storage/fence/fence-errors.ts'
import type { Appender } from '../../storage/file-system.ts'
import type { Cancel } from '../../time/clock.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { chainOf, endOf, fileName, logFiles, type KnownFile, type LogEnd } from './log-files.ts'
import { readRecord, type LogHandle } from './read-log.ts'
import {
  encodeFileHead,
  encodeRecord,
  encodeRecordHead,
  fileHeadBytes,
  payloadChecksum,
  recordHeadBytes,
  sealContext,
} from './record-format.ts'
import type { Pending, RecordWriter, RecordWriterOptions } from './record-writer.ts'

interface OpenFile extends KnownFile {
  readonly name: string
  readonly appender: Appender
  /** Nothing is lost with it: no record in it was acknowledged, and it is not the file with which this writer begins, which ends what earlier ones write. */
  needless: boolean
}

/**
 * The file side of a log: one write at a time. After a failure the end of the file is unknown, and after a failed flush nothing in it that was not flushed before can be
 * relied on. So a file that failed is left as it is, and the same records go, with the same numbers, into a new one, which outdoes it. One in which nothing was
 * acknowledged is removed, if it can be: a disk that fails for hours must not fill with beginnings.
 */
export class LogWriter implements RecordWriter {
  readonly #options: RecordWriterOptions
  readonly #end: LogEnd
  readonly #files: KnownFile[]
  #next: number
  #lastStartMs = 0
  #open: OpenFile | undefined
  #unsynced = false
  #cancelSync: Cancel | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #cleaning: Promise<unknown> = Promise.resolve()

  private constructor(options: RecordWriterOptions, files: readonly KnownFile[], end: LogEnd) {
    this.#options = options
    this.#files = [...files]
    this.#next = end.nextSequence
    this.#end = end
  }

  /** Goes on with the files of a directory. Removes what crashes have left. */
  static async open(options: RecordWriterOptions): Promise<LogWriter> {
    const { fileSystem, directory } = options
    const { files, lost, leftovers } = await logFiles(fileSystem, directory)
    for (const path of leftovers) await fileSystem.delete(path)
    const end = options.end ?? (await endOf(fileSystem, chainOf(files)))
    const last = files.find(file => file.epoch === end.epoch && file.startMs === end.startMs)
    if (last !== undefined) await makeSafe(fileSystem, last.path)
    return new LogWriter(options, [...lost, ...files], end)
  }

  /**
   * Begins a file. From then on what others may still write after what this writer has read does not count, whatever it is: so this comes before anything is done with
   * what was read.
   */
  async begin(): Promise<void> {
    const nowMs = this.#options.clock.now()
    if (this.#options.closeFileAfterWrite === true) await this.#create(nowMs, () => this.#head(nowMs))
    else this.#open = { ...(await this.#begin(nowMs)), needless: false }
  }

  write(group: readonly Pending[]): Promise<LogHandle[]> {
    return this.#inTurn(async () => {
      const newestMs = group.reduce((newest, { timeMs }) => Math.max(newest, timeMs), this.#options.clock.now())
      if (this.#open !== undefined && newestMs >= this.#open.stopMs) await this.#endFile()
      const whole = this.#options.closeFileAfterWrite === true
      try {
        const handles = await (whole ? this.#writeWhole(group, newestMs) : this.#writeOn(group, newestMs))
        await this.#options.fence.check()
        this.#next += group.length
        if (this.#open !== undefined) this.#open.needless = false
        return handles
      } catch (error) {
        // What a successor may have read already is not taken away.
        if (this.#open !== undefined && error instanceof DirectoryFencedError) this.#open.needless = false
        // The numbers of these records will be given again: not in the same file.
        await this.#abandon()
        throw error
      }
    })
  }

  read(handle: LogHandle): Promise<Uint8Array> {
    return readRecord(this.#options, handle)
  }

  /** One thing at a time is done with the file. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #writeOn(group: readonly Pending[], newestMs: number): Promise<LogHandle[]> {
    const file = (this.#open ??= await this.#begin(newestMs))
    const [pieces, handles] = this.#encode(group, file.name, file.appender.length)
    await writePieces(file.appender, pieces)
    this.#unsynced = true
    if (this.#options.fsync === 'commit') await this.#sync()
    else this.#syncLater()
    return handles
  }

  /** A file of its own for these records. */
  async #writeWhole(group: readonly Pending[], newestMs: number): Promise<LogHandle[]> {
    let written: LogHandle[] = []
    await this.#create(newestMs, name => {
      const [pieces, handles] = this.#encode(group, name, fileHeadBytes)
      written = handles
      return Buffer.concat([this.#head(newestMs), ...pieces])
    })
    return written
  }

  async #begin(newestMs: number): Promise<OpenFile> {
    const file = await this.#create(newestMs, () => this.#head(newestMs))
    try {
      return { ...file, needless: true, appender: await this.#options.fileSystem.append(file.path) }
    } catch (error) {
      await this.#remove(file)
      throw error
    }
  }

  /** Makes a new file, later in the order of names than all before: after a jump of the clock back, too. */
  async #create(
    nowMs: number,
    contentOf: (name: string) => Uint8Array,
  ): Promise<Omit<OpenFile, 'appender' | 'needless'>> {
    const { fileSystem, directory, rollingIntervalMs = 60_000 } = this.#options
    for (;;) {
      const startMs = Math.max(nowMs, this.#lastStartMs + 1)
      this.#lastStartMs = startMs
      const name = fileName(startMs, startMs + rollingIntervalMs)
      const path = `${directory}/${name}`
      const file = { name, path, stopMs: startMs + rollingIntervalMs }
      try {
        if (!(await fileSystem.createExclusive(path, contentOf(name)))) continue
        this.#files.push(file)
        return file
      } catch (error) {
        // It may be there nevertheless, and is then to be cleaned up one day.
        if ((await fileSystem.stat(path).catch(() => undefined)) !== undefined) this.#files.push(file)
        throw error
      }
    }
  }

  #head(createdMs: number): Uint8Array {
    const { epoch: previousEpoch, startMs: previousStartMs } = this.#end
    const { epoch } = this.#options.fence
    return encodeFileHead({ epoch, previousEpoch, previousStartMs, firstSequence: this.#next, createdMs })
  }

  /** The records as pieces that stand one behind the other, and where each will be. */
  #encode(group: readonly Pending[], file: string, start: number): [Uint8Array[], LogHandle[]] {
    const { fence, cipher = plainPayloads } = this.#options
    const { epoch } = fence
    const sealed = cipher.overheadBytes > 0
    const payloads = group.map(({ record }, i) => cipher.seal(record, sealContext(epoch, this.#next + i)))
    // Large payloads are written from where they are. Every byte of what is made here is written below.
    const copied = payloads.reduce((sum, { length }) => sum + recordHeadBytes + (length < copiedBelow ? length : 0), 0)
    const bytes = Buffer.allocUnsafe(copied)
    const pieces: Uint8Array[] = []
    let [at, from, offset] = [0, 0, start]
    const handles = payloads.map((payload, i) => {
      const { timeMs, crc: payloadCrc = payloadChecksum(payload) } = group[i]!
      const handle = { file, offset, length: payload.length, sequence: this.#next + i, timeMs }
      const head = { sequence: handle.sequence, timeMs, epoch, sealed, payloadCrc }
      offset += recordHeadBytes + payload.length
      if (payload.length < copiedBelow) at = encodeRecord(bytes, at, handle.offset, head, payload)
      else {
        at = encodeRecordHead(bytes, at, handle.offset, head, payload)
        pieces.push(bytes.subarray(from, at), payload)
        from = at
      }
      return handle
    })
    if (at > from) pieces.push(bytes.subarray(from, at))
    return [pieces, handles]
  }

  #syncLater(): void {
    const { fsync, clock, logger, directory } = this.#options
    if (typeof fsync !== 'object' || this.#cancelSync !== undefined) return
    this.#cancelSync = clock.after(fsync.intervalMs, () => {
      this.#cancelSync = undefined
      this.sync().catch((error: unknown) => {
        logger.error(`What was last appended to the write ahead log in ${directory} may not be safe`, error)
      })
    })
  }

  /** Flushes what was written. A file of which that fails is not written to any more. */
  sync(): Promise<void> {
    return this.#inTurn(() => this.#sync())
  }

  async #sync(): Promise<void> {
    const file = this.#open
    if (file === undefined || !this.#unsynced) return
    this.#unsynced = false
    try {
      await file.appender.sync()
    } catch (error) {
      await this.#abandon()
      throw error
    }
  }

  /** Flushes and closes the file. */
  async #endFile(): Promise<void> {
    const file = this.#open
    if (file === undefined) return
    if (this.#options.fsync !== 'never') await this.#sync()
    this.#open = undefined
    await file.appender.close()
  }

  /** Leaves a file that failed. What was acknowledged before a flush is flushed if it can be. */
  async #abandon(): Promise<void> {
    const file = this.#open
    this.#open = undefined
    if (file === undefined) return
    if (this.#unsynced && this.#options.fsync !== 'commit') await file.appender.sync().catch(() => undefined)
    this.#unsynced = false
    await file.appender.close().catch(() => undefined)
    if (file.needless) await this.#remove(file)
  }

  /** Removes a file that nobody needs. One that cannot be removed is cleaned up with the others, one day. */
  async #remove({ path }: KnownFile): Promise<void> {
    try {
      await this.#options.fileSystem.delete(path)
      const at = this.#files.findIndex(file => file.path === path)
      if (at >= 0) this.#files.splice(at, 1)
    } catch {
      this.#options.logger.debug(() => `${path} could not be removed`)
    }
  }

  /** Deletes files that ended by then, oldest first; one call after the other, so that each is deleted once and none before an older one. */
  clean(thresholdMs: number): Promise<number> {
    const cleaned = this.#cleaning.then(() => this.#clean(thresholdMs))
    this.#cleaning = cleaned.catch(() => undefined)
    return cleaned
  }

  async #clean(thresholdMs: number): Promise<number> {
    const { fileSystem, logger, fence } = this.#options
    let count = 0
    try {
      await fence.check()
      for (let oldest = this.#files[0]; oldest !== undefined; oldest = this.#files[0]) {
        if (oldest.stopMs > thresholdMs || oldest.path === this.#open?.path) break
        await fileSystem.delete(oldest.path)
        this.#files.shift()
        count++
      }
    } catch (error) {
      if (error instanceof DirectoryFencedError) throw error
      logger.warn(`Old files of the write ahead log in ${this.#options.directory} are left for later`, error)
    }
    return count
  }

  async close(): Promise<void> {
    this.#cancelSync?.()
    await this.#inTurn(() => this.#endFile())
  }
}

/** Payloads below this many bytes are put together with others: a call for few bytes costs more than their copy. */
const copiedBelow = 1 << 15

function writePieces(appender: Appender, pieces: readonly Uint8Array[]): Promise<void> {
  if (pieces.length === 1) return appender.write(pieces[0]!)
  return appender.writeAll?.(pieces) ?? appender.write(Buffer.concat(pieces))
}

/**
 * A process that was killed leaves records that the system has and the device has not. They have been read, or their numbers taken for given: they must be safe before anything
 * is built on them, else a power failure would leave a hole before records that were acknowledged.
 */
async function makeSafe(fileSystem: FileSystem, path: string): Promise<void> {
  const appender = await fileSystem.append(path)
  try {
    await appender.sync()
  } finally {
    await appender.close()
  }
}
