import type { Engine } from '../../engine/engine.ts'
import type { Logger } from '../../logging/logger.ts'
import type { Block, StoredBlock } from '../../rdd/plan/source-spec.ts'
import type { StorageLevel } from '../../rdd/storage-level.ts'
import { BlockMemory } from '../blocks/block-memory.ts'
import { allocation, apply, blocksOf, itself, noBlocks, ownBlocks } from '../blocks/received-blocks.ts'
import type { BlockEvent, KeptBlock, PlaceInLog, ReceivedBlocks } from '../blocks/received-blocks.ts'
import { UnprocessedBytes } from '../blocks/unprocessed-bytes.ts'

/** Makes an event durable before it is acted on. Of a block it says where tasks can read it in the log, if they can. */
export type RecordEvent = (event: BlockEvent) => Promise<PlaceInLog | undefined | void>

type AddedEvent = Extract<BlockEvent, { readonly type: 'blockAdded' }>

export interface ReceivedDataOptions {
  readonly engine: Pick<Engine, 'storeBlock' | 'dropBlock'>
  readonly settings: { readonly receiverMaxUnprocessedBytes: number; readonly receiverMemoryBytes: number }
  readonly logger: Logger
  /** The write-ahead log. Without it, events are acted on at once. */
  readonly record: RecordEvent | undefined
  readonly levelOf: (streamId: number) => StorageLevel
  /** Something was kept or let go: `whyWait` may give another answer. */
  readonly onChange: () => void
  readonly onDiskFailure: (error: unknown) => void
}

/** What all receivers have received: which block belongs to which batch, how much waits, and where the bytes are. */
export class ReceivedData {
  readonly #options: ReceivedDataOptions
  readonly #memory: BlockMemory
  readonly #unprocessed = new UnprocessedBytes()
  #record: RecordEvent | undefined
  #blocks: ReceivedBlocks<KeptBlock> = ownBlocks(noBlocks)
  /** Batches up to this time have been processed. */
  #completedMs = -Infinity

  constructor(options: ReceivedDataOptions) {
    const { engine, settings, onDiskFailure: onFailure, onChange: onMoved } = options
    this.#options = options
    this.#record = options.record
    this.#memory = new BlockMemory({ engine, memoryBytes: settings.receiverMemoryBytes, onFailure, onMoved })
  }

  /** A log for events, and what an earlier run has left in it. */
  useLog(record: RecordEvent, recovered: ReceivedBlocks<KeptBlock>): void {
    this.#record = record
    this.#blocks = ownBlocks(recovered)
    for (const [timeMs, batch] of recovered.batches) {
      for (const received of batch) void this.#count(received)
      this.#unprocessed.allocated(timeMs)
    }
    for (const received of recovered.unallocated) void this.#count(received)
  }

  /**
   * Another block: logged if there is a log, and then of the next batch. `onKept` is called at that moment; a promise where something is to be waited for: the log, or
   * room in memory. It rejects when the block could not be logged.
   */
  add(streamId: number, block: Block, onKept: () => void): Promise<unknown> | undefined {
    const event: AddedEvent = { type: 'blockAdded', received: { streamId, block } }
    // Without a log there is nothing to wait for: the block belongs to the very next batch.
    if (this.#record === undefined) return this.#keep(event, onKept)
    return this.#record(event).then(inLog => this.#keep(event, onKept, inLog ?? undefined))
  }

  #keep(event: AddedEvent, onKept: () => void, inLog?: PlaceInLog): Promise<unknown> | undefined {
    this.#blocks = apply(this.#blocks, event, itself)
    const room = this.#count(event.received, inLog)
    onKept()
    this.#options.onChange()
    return room
  }

  /** What was received so far belongs to this batch. Again for the same time: nothing. */
  allocate(timeMs: number): void {
    if (timeMs <= this.#blocks.lastAllocatedMs) return
    const event = allocation(this.#blocks, timeMs)
    // Allocation does not wait for the log, it fixes the moment. The log is written in order: this event is in it before any that depends on it.
    this.#recordLater(event)
    this.#unprocessed.allocated(timeMs)
    this.#blocks = apply(this.#blocks, event, itself)
  }

  /** The blocks of a stream in a batch, in the order in which they were received. */
  blocksOf(timeMs: number, streamId: number): StoredBlock[] {
    return blocksOf(this.#blocks, timeMs, streamId)
  }

  get hasUnallocated(): boolean {
    return this.#blocks.unallocated.length > 0
  }

  /** Batches up to this time have been processed: their bytes do not count any more as waiting, and are the first to make room. */
  completed(upToMs: number): void {
    this.#unprocessed.completed(upToMs)
    for (const [timeMs, batch] of this.#blocks.batches) {
      if (timeMs > this.#completedMs && timeMs <= upToMs) this.#memory.processed(batch.map(({ block }) => block))
    }
    this.#completedMs = Math.max(this.#completedMs, upToMs)
    this.#memory.makeRoom()
    this.#options.onChange()
  }

  /** The batches up to this time need their blocks no more. (The log is told by who keeps the checkpoints.) */
  release(upToMs: number): void {
    this.completed(upToMs)
    for (const [timeMs, batch] of this.#blocks.batches) {
      if (timeMs <= upToMs) this.#memory.release(batch.map(({ block }) => block))
    }
    this.#blocks = apply(this.#blocks, { type: 'batchesCleaned', upToMs }, itself)
    this.#options.onChange()
  }

  /** Why a receiver whose blocks are kept like that has to wait: more is unprocessed than may be, or in memory and cannot go to disk. Undefined: it need not. */
  whyWait(level: StorageLevel): string | undefined {
    const { receiverMaxUnprocessedBytes, receiverMemoryBytes } = this.#options.settings
    if (this.#unprocessed.bytes > receiverMaxUnprocessedBytes)
      return `Receivers wait: more than ${receiverMaxUnprocessedBytes} bytes are received and not processed`
    const stays = !level.useDisk || this.#options.engine.storeBlock === undefined || this.#memory.failing
    // What is on its way to disk is in memory until it is there: of a disk that does not answer, for ever.
    if ((stays && this.#memory.stuck) || this.#memory.usedBytes > 2 * receiverMemoryBytes)
      return `Receivers wait: more than ${receiverMemoryBytes} bytes of received blocks are in memory and cannot go to disk`
    return undefined
  }

  #count({ streamId, block }: KeptBlock, inLog?: PlaceInLog): Promise<unknown> | undefined {
    this.#unprocessed.added(block.bytes.length)
    return this.#memory.add(block, this.#options.levelOf(streamId), inLog)
  }

  #recordLater(event: BlockEvent): void {
    const { logger } = this.#options
    this.#record?.(event).catch((error: unknown) =>
      logger.error(`${event.type} could not be written to the log`, error),
    )
  }
}
