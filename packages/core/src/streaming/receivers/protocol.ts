import type { ErrorData } from '../../errors/error-data.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import type { RestartSettings } from './restart-delay.ts'

/** What a receiver's supervisor tells the driver. */
export type FromReceiver =
  | { readonly type: 'started' }
  /** To be answered with `stored` or `refused`. */
  | { readonly type: 'block'; readonly number: number; readonly block: Block }
  /** Something went wrong and the receiver goes on; `count` is how often it has, in this thread. */
  | { readonly type: 'error'; readonly message: string; readonly error?: ErrorData; readonly count: number }
  /** It has stopped, and starts again after `delayMs`. */
  | {
      readonly type: 'restarting'
      readonly message: string
      readonly error?: ErrorData
      readonly count: number
      readonly delayMs: number
    }
  /** It has stopped for good; everything it stored has been answered. */
  | { readonly type: 'stopped'; readonly message: string; readonly error?: ErrorData }

/** What the driver tells a receiver's supervisor. */
export type ToReceiver =
  | { readonly type: 'stored'; readonly number: number }
  | { readonly type: 'refused'; readonly number: number; readonly why: string }
  | { readonly type: 'stop'; readonly message: string }
  /** More unprocessed data than the driver wants: hand nothing on until it is told otherwise. */
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'rate'; readonly recordsPerSecond: number }

/** The settings a receiver's supervisor works with: plain data, from `readConf`. */
export interface ReceiverSettings extends RestartSettings {
  readonly streamId: number
  readonly blockIntervalMs: number
  readonly blockQueueSize: number
  readonly blockStoreTimeoutMs: number
  readonly receiverMaxBlockBytes: number
  readonly receiverMaxRatePerSecond: number | undefined
  /** Records stored one by one that may wait here; 0: any number. */
  readonly receiverMaxWaitingRecords: number
}

/** Only what travels to the receiver, of settings that may have more. */
export function settingsOf(streamId: number, settings: Omit<ReceiverSettings, 'streamId'>): ReceiverSettings {
  const {
    blockIntervalMs,
    blockQueueSize,
    blockStoreTimeoutMs,
    receiverRestartDelayMs,
    receiverMaxRestartDelayMs,
    receiverHealthyAfterMs,
    receiverMaxBlockBytes,
    receiverMaxRatePerSecond,
    receiverMaxWaitingRecords,
  } = settings
  return {
    streamId,
    blockIntervalMs,
    blockQueueSize,
    blockStoreTimeoutMs,
    receiverRestartDelayMs,
    receiverMaxRestartDelayMs,
    receiverHealthyAfterMs,
    receiverMaxBlockBytes,
    receiverMaxRatePerSecond,
    receiverMaxWaitingRecords,
  }
}
