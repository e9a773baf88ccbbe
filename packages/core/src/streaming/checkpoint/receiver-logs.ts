import { sharedCopy } from '../../codec/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Fence } from '../../storage/fence/index.ts'
import { listIfThere, LocalFileSystem, type FileSystem } from '../../storage/index.ts'
import type { Clock } from '../../time/index.ts'
import type { PlaceInLog } from '../blocks/received-blocks.ts'
import { recordHeadBytes } from '../write-ahead-log/record-format.ts'
import type { BlockHandle } from '../write-ahead-log/driver-log/index.ts'
import { readRecord, WriteAheadLog, type LogSettings } from '../write-ahead-log/index.ts'

/** Where the logs of a run are, and by what right they are written. */
export interface LogPlace {
  readonly fileSystem: FileSystem
  /** The checkpoint directory. */
  readonly directory: string
  readonly clock: Clock
  readonly fence: Fence
  readonly logger: Logger
}

const logsIn = (directory: string): string => `${directory}/receivedData`

/** Where the log of a receiver is; its number is that of the input stream. */
export const receiverLogDirectory = (directory: string, number: number): string => `${logsIn(directory)}/${number}`

/** The receivers that have a log in a checkpoint directory. @throws StorageError */
export async function receiverLogNumbers({
  fileSystem,
  directory,
}: Pick<LogPlace, 'fileSystem' | 'directory'>): Promise<readonly number[]> {
  const found = await listIfThere(fileSystem, logsIn(directory))
  return found.filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => Number(name))
}

/**
 * The bytes of received blocks, on disk before they are acknowledged: one log for each receiver, in `receivedData/<number of the input stream>`.
 *
 * @see Spark's WriteAheadLogBasedBlockHandler
 */
export class ReceiverLogs {
  readonly #place: LogPlace
  readonly #settings: LogSettings
  readonly #open = new Map<number, Promise<WriteAheadLog>>()
  /** Those that earlier runs have left, once that is known. */
  #earlier: readonly number[] | undefined

  constructor(place: LogPlace, settings: LogSettings) {
    this.#place = place
    this.#settings = settings
  }

  /** Makes the bytes of a block safe. @throws DStreamError LOG_NOT_WRITTEN, DIRECTORY_FENCED */
  async append(streamId: number, bytes: Uint8Array): Promise<BlockHandle> {
    const log = await this.#of(streamId)
    return { ...(await log.append(bytes)), log: streamId }
  }

  /** Where tasks can read the bytes of a block: if they are as they were, in a file of this machine. */
  placeOf({ log, file, offset, length }: BlockHandle): PlaceInLog | undefined {
    const { cipher, implementation } = this.#settings
    const isPlain = cipher === undefined || cipher.overheadBytes === 0
    if (!isPlain || implementation !== undefined || !(this.#place.fileSystem instanceof LocalFileSystem))
      return undefined
    return { path: `${this.#directoryOf(log)}/${file}`, start: offset + recordHeadBytes, length }
  }

  /** The bytes of a block, from this run or an earlier one, in shared memory. @throws DStreamError LOG_RECORD_UNREADABLE, StorageError */
  async read({ log, ...handle }: BlockHandle): Promise<Uint8Array<SharedArrayBuffer>> {
    const { fileSystem } = this.#place
    return sharedCopy(await readRecord({ ...this.#settings, fileSystem, directory: this.#directoryOf(log) }, handle))
  }

  /** Removes files of which every block was stored before that time, of all logs that can be opened. @throws StorageError, DStreamError: of one that cannot */
  async clean(thresholdMs: number): Promise<void> {
    this.#earlier ??= await receiverLogNumbers(this.#place)
    // Those of receivers that are no more are opened too: so they empty like the others.
    const numbers = new Set([...this.#earlier, ...this.#open.keys()])
    const cleaned = [...numbers].map(number => this.#of(number).then(log => log.clean(thresholdMs)))
    await Promise.allSettled(cleaned)
    await Promise.all(cleaned)
  }

  /** All of them, whatever one says. @throws StorageError */
  async close(): Promise<void> {
    const closed = [...this.#open.values()].map(log => log.then(opened => opened.close()))
    await Promise.allSettled(closed)
    await Promise.all(closed)
  }

  #of(streamId: number): Promise<WriteAheadLog> {
    const known = this.#open.get(streamId)
    if (known !== undefined) return known
    const log = WriteAheadLog.open({ ...this.#place, ...this.#settings, directory: this.#directoryOf(streamId) })
    this.#open.set(streamId, log)
    // One that could not be opened is opened anew with the next block.
    log.catch(() => this.#open.delete(streamId))
    return log
  }

  #directoryOf(number: number): string {
    return receiverLogDirectory(this.#place.directory, number)
  }
}
