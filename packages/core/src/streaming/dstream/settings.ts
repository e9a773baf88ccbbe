import type { StorageLevel } from '../../rdd/storage-level.ts'

/** What the user sets on a stream after it was made; fixed once the context has started. */
export interface StreamSettings {
  readonly level?: StorageLevel
  readonly checkpointMs?: number
  /** What the stream is recognised by after a restart of a changed program. */
  readonly uid?: string
}
