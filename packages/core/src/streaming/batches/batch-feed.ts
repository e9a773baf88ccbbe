import type { BlockEvent, KeptBlock, PlaceInLog, ReceivedBlocks } from '../blocks/received-blocks.ts'

/** What receives data on its own, and gives to each batch what was received since the one before. */
export interface BatchFeed {
  /**
   * Before the start: a log that makes events durable before they are acted on, and what an earlier run has left in it. `record` says of a block where tasks can read it in
   * the log, if they can.
   */
  useLog(record: (event: BlockEvent) => Promise<PlaceInLog | undefined>, recovered: ReceivedBlocks<KeptBlock>): void
  /** Starts the receivers. */
  start(): void
  /** What has been received since the last call belongs to this batch. */
  allocate(timeMs: number): void
  /** Batches up to this time have been processed. */
  completed(upToMs: number): void
  /** Batches up to this time do not need their data any more. */
  release(upToMs: number): void
  /** Received data waits for a batch. */
  hasUnallocated(): boolean
  /** No new data. Gracefully: what is being received is stored first. */
  stop(gracefully: boolean): Promise<void>
}
