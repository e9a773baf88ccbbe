import type { Logger } from '../../logging/index.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { Fence } from '../../storage/fence/index.ts'
import type { FileSystem } from '../../storage/index.ts'
import type { Clock } from '../../time/index.ts'
import type { BlockEvent, ReceivedBlock, ReceivedBlocks } from '../blocks/received-blocks.ts'
import {
  applyToDriver,
  DriverLog,
  eventsOf,
  initialDriver,
  oldestNeededMs,
  type DriverEvent,
  type LoggedBlock,
} from '../write-ahead-log/driver-log/index.ts'
import { WriteAheadLog, type WriteAheadLogOptions } from '../write-ahead-log/index.ts'
import type { LogContent } from './schema/index.ts'

/** How the logs are written: `spark.streaming.receiver.writeAheadLog.*`, `spark.streaming.driver.writeAheadLog.*`. */
export interface ReceiverLogSettings {
  readonly receiver: Pick<WriteAheadLogOptions, 'rollingIntervalMs' | 'closeFileAfterWrite' | 'maxFailures'>
  readonly driver: Pick<WriteAheadLogOptions, 'rollingIntervalMs' | 'closeFileAfterWrite' | 'maxFailures'>
}

export interface ReceiverLogParts {
  readonly fileSystem: FileSystem
  /** The checkpoint directory. */
  readonly directory: string
  readonly clock: Clock
  readonly fence: Fence
  readonly logger: Logger
  readonly settings: ReceiverLogSettings
  /** What the checkpoint has of the driver's log. */
  readonly snapshot: LogContent | undefined
}

/**
 * What receivers receive, on disk before it is acknowledged: the bytes of each block in `receivedData/<stream>`, and in `receivedBlockMetadata` which blocks there
 * are and which batch each belongs to.
 *
 * @see Spark's WriteAheadLogBasedBlockHandler, ReceivedBlockTracker
 */
export class ReceiverLog {
  readonly #parts: ReceiverLogParts
  readonly #driver: DriverLog
  readonly #data = new Map<number, Promise<WriteAheadLog>>()

  private constructor(parts: ReceiverLogParts, driver: DriverLog) {
    this.#parts = parts
    this.#driver = driver
  }

  /** Opens the logs of a directory, behind what is there. */
  static async open(parts: ReceiverLogParts): Promise<ReceiverLog> {
    const { fileSystem, clock, fence, logger, settings, snapshot } = parts
    const { log, report } = await DriverLog.open({
      ...{ fileSystem, clock, fence, logger, ...settings.driver },
      directory: `${parts.directory}/receivedBlockMetadata`,
      ...(snapshot && { snapshot: { state: stateOf(snapshot), sequence: snapshot.sequence } }),
    })
    for (const damage of report.damages ?? []) logger.warn(`The driver’s log is damaged: ${JSON.stringify(damage)}`)
    return new ReceiverLog(parts, log)
  }

  /** Makes an event durable: of a block the bytes first. */
  async record(event: BlockEvent): Promise<void> {
    if (event.type !== 'blockAdded') return this.#driver.record(event)
    const { streamId, block } = event.received
    const handle = await (await this.#dataOf(streamId)).append(block.bytes)
    const { id, records, format } = block
    await this.#driver.record({
      type: 'blockAdded',
      received: { streamId, block: { id, records, format, length: block.bytes.length, handle } },
    })
  }

  /** The blocks that an earlier run has received and that may still be needed. */
  async recovered(): Promise<ReceivedBlocks> {
    const { unallocated, batches, lastAllocatedMs } = this.#driver.state.blocks
    const read = new Map<number, readonly ReceivedBlock[]>()
    for (const [timeMs, blocks] of batches) read.set(timeMs, await this.#read(blocks))
    return { unallocated: await this.#read(unallocated), batches: read, lastAllocatedMs }
  }

  /** What a checkpoint keeps of the driver's log. */
  content(): LogContent {
    const { state, sequence } = this.#driver.snapshot()
    return { sequence, events: eventsOf(state) }
  }

  /** Removes data that no batch needs any more, and events from before that time, which every checkpoint on disk has. */
  async clean(eventsBeforeMs: number): Promise<void> {
    const neededMs = Math.min(oldestNeededMs(this.#driver.state), this.#parts.clock.now())
    for (const log of this.#data.values()) await (await log).clean(neededMs)
    await this.#driver.clean(eventsBeforeMs)
  }

  async close(): Promise<void> {
    await this.#driver.close()
    for (const log of this.#data.values()) await (await log).close()
  }

  #dataOf(streamId: number): Promise<WriteAheadLog> {
    const known = this.#data.get(streamId)
    if (known !== undefined) return known
    const { fileSystem, directory, clock, fence, logger, settings } = this.#parts
    const log = WriteAheadLog.open({
      ...{ fileSystem, clock, fence, logger, ...settings.receiver },
      directory: `${directory}/receivedData/${streamId}`,
    })
    this.#data.set(streamId, log)
    return log
  }

  async #read(blocks: readonly LoggedBlock[]): Promise<ReceivedBlock[]> {
    const found: ReceivedBlock[] = []
    for (const { streamId, block } of blocks) {
      const { id, records, format, handle } = block
      try {
        if (handle === undefined) throw new Error(`block ${id} was not in the log`)
        const bytes = shared(await (await this.#dataOf(streamId)).read(handle))
        found.push({ streamId, block: { id, bytes, records, format } satisfies Block })
      } catch (error) {
        this.#parts.logger.warn('Some blocks could not be recovered as they were not found in memory.', error)
      }
    }
    return found
  }
}

const stateOf = ({ events }: LogContent) =>
  (events as readonly DriverEvent[]).reduce((state, event) => applyToDriver(state, event), initialDriver)

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
