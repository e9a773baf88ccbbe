import type { Engine } from '../../engine/engine.ts'
import { errorToData } from '../../errors/error-to-data.ts'
import type { Logger } from '../../logging/logger.ts'
import { oncePer } from '../../logging/once-per.ts'
import type { OncePer } from '../../logging/once-per.ts'
import type { StoredBlock } from '../../rdd/plan/source-spec.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import type { Clock } from '../../time/clock.ts'
import type { BatchFeed } from '../batches/batch-feed.ts'
import type { KeptBlock, ReceivedBlocks } from '../blocks/received-blocks.ts'
import type { StreamingEvent } from '../events/streaming-listener.ts'
import type { ReceiverSettings } from './protocol.ts'
import { ReceivedData } from './received-data.ts'
import type { ReceivedDataOptions, RecordEvent } from './received-data.ts'
import type { ReceiverSpec } from './receiver-spec.ts'
import type { ReceiverStatus } from './receiver-status.ts'
import { TrackedReceiver } from './tracked-receiver.ts'

/** What the tracker works with. */
export interface ReceiverTrackerOptions {
  readonly engine: Pick<Engine, 'launch' | 'storeBlock' | 'dropBlock'>
  readonly clock: Clock
  readonly settings: Omit<ReceiverSettings, 'streamId'> & ReceivedDataOptions['settings']
  readonly logger: Logger
  /** For listeners: receivers that started, failed, stopped. */
  readonly emit: (event: StreamingEvent) => void
  /** Makes an event durable before it is acted on: the write-ahead log. Without it, events are acted on at once. */
  readonly record?: RecordEvent
}

/**
 * The driver's side of all receivers: starts them, knows how they are, holds what they received, and says which block belongs to which
 * batch. It is told when batches are allocated, completed and cleaned.
 *
 * @see Spark's `ReceiverTracker`
 */
export class ReceiverTracker implements BatchFeed {
  readonly #options: ReceiverTrackerOptions
  readonly #receivers = new Map<number, TrackedReceiver>()
  readonly #repeated: OncePer
  readonly #data: ReceivedData
  #phase: 'created' | 'started' | 'stopping' = 'created'

  constructor(options: ReceiverTrackerOptions) {
    this.#options = options
    this.#data = new ReceivedData({
      ...options,
      record: options.record,
      levelOf: streamId => this.#receivers.get(streamId)?.storageLevel ?? StorageLevel.MEMORY_AND_DISK,
      onChange: () => this.#pauseOrResume(),
      onDiskFailure: error =>
        this.#repeated.add(`Received blocks could not be put on disk: ${errorToData(error).message}`),
    })
    this.#repeated = oncePer((text, count) =>
      options.logger.warn(count === 1 ? text : `${text} (${count} times by now)`),
    )
  }

  /** Another receiver, for the input stream of this number; before `start`. */
  add(streamId: number, spec: ReceiverSpec): void {
    const parts = { ...this.#options, data: this.#data, repeated: this.#repeated }
    this.#receivers.set(streamId, new TrackedReceiver(streamId, spec, parts))
  }

  /** Before the start: a log for events, and what an earlier run has left in it. */
  useLog(record: RecordEvent, recovered: ReceivedBlocks<KeptBlock>): void {
    this.#data.useLog(record, recovered)
  }

  /** Starts all receivers. */
  start(): void {
    this.#phase = 'started'
    for (const receiver of this.#receivers.values()) receiver.start()
  }

  /** How each receiver is. */
  statuses(): ReceiverStatus[] {
    return [...this.#receivers.values()].map(receiver => receiver.status)
  }

  /** What was received so far belongs to this batch. Again for the same time: nothing. */
  allocate(timeMs: number): void {
    this.#data.allocate(timeMs)
  }

  /** The blocks of a stream in a batch, in the order in which they were received. */
  blocksOf(timeMs: number, streamId: number): StoredBlock[] {
    return this.#data.blocksOf(timeMs, streamId)
  }

  /** Something was received that belongs to no batch yet. */
  hasUnallocated(): boolean {
    return this.#data.hasUnallocated
  }

  /** Batches up to this time have been processed: their bytes do not count any more as waiting. */
  completed(upToMs: number): void {
    this.#data.completed(upToMs)
  }

  /** The batches up to this time need their blocks no more. */
  release(upToMs: number): void {
    this.#data.release(upToMs)
  }

  /** A new rate limit for a receiver, in records a second. */
  updateRate(streamId: number, recordsPerSecond: number): void {
    const receiver = this.#receivers.get(streamId)
    if (receiver === undefined) return
    this.#options.logger.debug(() => `Received a new rate limit: ${recordsPerSecond}.`)
    receiver.limitRate(recordsPerSecond)
  }

  /**
   * Stops all receivers. Graceful: resolves when each has ended and everything it stored has arrived. Else they are ended after a second.
   */
  async stop(graceful: boolean): Promise<void> {
    const created = this.#phase === 'created'
    this.#phase = 'stopping'
    if (created) return
    await Promise.all([...this.#receivers.values()].map(receiver => receiver.stop(graceful)))
  }

  /** What bounds memory and disk when batches cannot keep up. */
  #pauseOrResume(): void {
    if (this.#phase === 'stopping') return
    for (const receiver of this.#receivers.values()) {
      const why = this.#data.whyWait(receiver.storageLevel)
      if ((why !== undefined) === receiver.isPaused) continue
      if (why !== undefined) this.#repeated.add(why)
      receiver.pause(why !== undefined)
    }
  }
}
