import { crc32 } from 'node:zlib'
import type { StoredBlock } from '../../rdd/plan/source-spec.ts'
import { StorageError } from '../../storage/index.ts'
import { RisingClock } from '../../time/index.ts'
import type { BlockEvent, KeptBlock, PlaceInLog, ReceivedBlocks } from '../blocks/received-blocks.ts'
import {
  DriverJournal,
  DriverLog,
  eventsOf,
  oldestNeededMs,
  stateOf,
  type DriverEvent,
  type DriverSnapshot,
  type LoggedBlock,
  type ReadDriverLog,
} from '../write-ahead-log/driver-log/index.ts'
import type { LogSettings } from '../write-ahead-log/index.ts'
import { isWithoutMeans } from '../write-ahead-log/log-errors.ts'
import { ReceiverLogs, type LogPlace } from './receiver-logs.ts'
import type { LogContent } from './schema/index.ts'

export interface RunLogSettings {
  readonly driver: LogSettings
  readonly receiver: LogSettings
  /** What receivers store is logged. What an earlier run has logged is read in any case. */
  readonly logsBlocks: boolean
}

export interface RunLogParts extends LogPlace {
  readonly settings: RunLogSettings
  /** What an earlier run has left. */
  readonly found: ReadDriverLog
  /** Another process has taken the directory over. */
  readonly onFenced: (error: Error) => void
}

/** Where the driver's log of a checkpoint directory is: named as in Spark, though it holds more. */
export const driverLogDirectory = (directory: string): string => `${directory}/receivedBlockMetadata`

/** What a checkpoint has of the driver's log: what `RunLog.content` gave. */
export const snapshotIn = ({ sequence, events }: LogContent): DriverSnapshot => ({
  state: stateOf(events as readonly DriverEvent[]),
  sequence,
})

/**
 * Everything that happens to a run and that a recovery needs to know, on disk before it is acted on: the driver's log, and the logs of what receivers
 * have stored.
 *
 * What is old is removed by its time. So that nothing newer than a checkpoint ever bears an earlier time than that, the time of the logs stands still while the clock is behind
 * where it was.
 *
 * @see Spark's ReceivedBlockTracker
 */
export class RunLog {
  readonly #parts: RunLogParts
  readonly #driver: DriverLog
  readonly #journal: DriverJournal
  readonly #receivers: ReceiverLogs
  /** Since when blocks are being stored that are in no event yet. */
  readonly #storing = new Set<{ readonly sinceMs: number }>()

  private constructor(parts: RunLogParts, driver: DriverLog) {
    this.#parts = parts
    this.#driver = driver
    const { directory, clock, logger, onFenced, settings } = parts
    const { groupCommit = true } = settings.driver
    this.#journal = new DriverJournal({ log: driver, directory, clock, logger, onFenced, groupCommit })
    this.#receivers = new ReceiverLogs(parts, settings.receiver)
  }

  /** Goes on behind what an earlier run has left. @throws DStreamError DIRECTORY_FENCED, StorageError */
  static async open(parts: RunLogParts): Promise<RunLog> {
    const own = { ...parts, clock: new RisingClock(parts.clock) }
    const { found, settings, ...place } = own
    const options = { ...place, ...settings.driver, directory: driverLogDirectory(parts.directory) }
    return new RunLog(own, await DriverLog.open(options, found))
  }

  /** Makes an event safe, however long it takes; events are in the log in the order of the calls. */
  record(event: DriverEvent): Promise<void> {
    return this.#journal.record(event)
  }

  /** As `record`; but a block that cannot be written now is refused, as whoever sent it can send it again. Its bytes come first. Gives where tasks can read them. */
  async recordBlock(event: BlockEvent): Promise<PlaceInLog | undefined> {
    if (event.type !== 'blockAdded') return void (await this.record(event))
    if (!this.#parts.settings.logsBlocks) return undefined
    const { streamId, block } = event.received
    const { id, bytes, records, format } = block
    const storing = { sinceMs: this.#parts.clock.now() }
    this.#storing.add(storing)
    try {
      const handle = await this.#receivers.append(streamId, bytes)
      const logged = { id, records, format, length: bytes.length, handle }
      await this.#journal.try({ type: 'blockAdded', received: { streamId, block: logged } })
      return this.#receivers.placeOf(handle)
    } finally {
      this.#storing.delete(storing)
    }
  }

  /** The blocks that an earlier run has received and that may still be needed. */
  async recovered(): Promise<ReceivedBlocks<KeptBlock>> {
    const { unallocated, batches, lastAllocatedMs } = this.#driver.state.blocks
    const read = new Map<number, readonly KeptBlock[]>()
    for (const [timeMs, blocks] of batches) read.set(timeMs, await this.#read(blocks))
    return { unallocated: await this.#read(unallocated), batches: read, lastAllocatedMs }
  }

  /** What a checkpoint keeps of the driver's log. */
  content(): LogContent {
    const { state, sequence } = this.#driver.snapshot()
    return { sequence, events: eventsOf(state) }
  }

  /** What a checkpoint of now can do without: events from before, and blocks that were stored before. */
  needless(): { readonly eventsMs: number; readonly blocksMs: number } {
    const storing = [...this.#storing].map(({ sinceMs }) => sinceMs)
    const blocksMs = Math.min(oldestNeededMs(this.#driver.state), this.#parts.clock.now(), ...storing)
    return { eventsMs: this.#driver.upToMs, blocksMs }
  }

  /** Removes events and blocks from before those times: what the oldest checkpoint on disk has, and does not need. */
  async clean(before: { readonly eventsMs: number; readonly blocksMs: number }): Promise<void> {
    try {
      await this.#receivers.clean(before.blocksMs)
    } finally {
      await this.#driver.clean(before.eventsMs)
    }
  }

  async close(): Promise<void> {
    await this.#journal.close()
    try {
      await this.#driver.close()
    } finally {
      await this.#receivers.close()
    }
  }

  async #read(blocks: readonly LoggedBlock[]): Promise<KeptBlock[]> {
    const found: KeptBlock[] = []
    for (const { streamId, block } of blocks) {
      const { id, records, format, handle } = block
      try {
        if (handle === undefined) throw new Error(`block ${id} was not in the log`)
        const bytes = await this.#receivers.read(handle)
        const place = this.#receivers.placeOf(handle)
        // What was encrypted, before that was turned off, is longer there than it is: tasks cannot read it.
        const isThere = place?.length === bytes.length
        // Read in any case: what cannot be read is told now.
        const stored = !isThere ? bytes : { ...place, crc32: crc32(bytes) }
        found.push({ streamId, block: { id, bytes: stored, records, format } satisfies StoredBlock })
      } catch (error) {
        if (isWithoutMeans(error)) throw error
        if (mayPass(error)) throw error
        this.#parts.logger.error(`${lost} Lost is block ${id} with ${records} records`, error)
      }
    }
    return found
  }
}

/** In Spark's words. */
const lost = 'Some blocks could not be recovered as they were not found in memory.'

/** A store that fails may have the block nevertheless: to go on without it would lose it, another start may find it. */
const mayPass = (error: unknown): boolean => error instanceof StorageError && error.code !== 'FILE_NOT_FOUND'
