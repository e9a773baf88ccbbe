import type { Time } from '../../time/index.ts'
import type { BatchInfo, OutputOperationInfo } from './batch-info.ts'

/** A receiver as listeners see it. */
export interface ReceiverInfo {
  readonly streamId: number
  readonly name: string
  readonly active: boolean
  readonly location: string
  readonly executorId: string
  readonly lastErrorMessage: string
  readonly lastError: string
  /** Epoch milliseconds; -1 when there was none. */
  readonly lastErrorTime: number
}

/** What a streaming context tells while it works. Listeners of one kind of event get them in this order, on the driver's thread. */
export type StreamingEvent =
  | { readonly type: 'streamingStarted'; readonly time: number }
  | { readonly type: 'batchSubmitted'; readonly batchInfo: BatchInfo }
  | { readonly type: 'batchStarted'; readonly batchInfo: BatchInfo }
  | { readonly type: 'batchCompleted'; readonly batchInfo: BatchInfo }
  | { readonly type: 'outputOperationStarted'; readonly outputOperationInfo: OutputOperationInfo }
  | { readonly type: 'outputOperationCompleted'; readonly outputOperationInfo: OutputOperationInfo }
  /** The jobs of a batch could not be made: a driver function threw, or an input had no answer. */
  | { readonly type: 'batchGenerationFailed'; readonly batchTime: Time; readonly error: unknown }
  | { readonly type: 'receiverStarted'; readonly receiverInfo: ReceiverInfo }
  | { readonly type: 'receiverError'; readonly receiverInfo: ReceiverInfo }
  | { readonly type: 'receiverStopped'; readonly receiverInfo: ReceiverInfo }

type EventOf<Type extends StreamingEvent['type']> = Extract<StreamingEvent, { readonly type: Type }>

/**
 * Told what the streaming context does. Implement the methods that matter. They are called in order on the driver's thread and should
 * return quickly; one that throws is logged and does not disturb the others, nor the streams. So is an async one that rejects; it is not waited for.
 *
 * @see Spark's `org.apache.spark.streaming.scheduler.StreamingListener`
 * @example
 * ssc.addStreamingListener({ onBatchCompleted: e => console.log(e.batchInfo.batchTime.toString(), e.batchInfo.totalDelay) })
 */
export interface StreamingListener {
  onStreamingStarted?(event: EventOf<'streamingStarted'>): void
  onBatchSubmitted?(event: EventOf<'batchSubmitted'>): void
  onBatchStarted?(event: EventOf<'batchStarted'>): void
  onBatchCompleted?(event: EventOf<'batchCompleted'>): void
  onOutputOperationStarted?(event: EventOf<'outputOperationStarted'>): void
  onOutputOperationCompleted?(event: EventOf<'outputOperationCompleted'>): void
  onBatchGenerationFailed?(event: EventOf<'batchGenerationFailed'>): void
  onReceiverStarted?(event: EventOf<'receiverStarted'>): void
  onReceiverError?(event: EventOf<'receiverError'>): void
  onReceiverStopped?(event: EventOf<'receiverStopped'>): void
}

/** Calls the method of a listener that an event belongs to. */
export function tell(listener: StreamingListener, event: StreamingEvent): void {
  switch (event.type) {
    case 'streamingStarted':
      return listener.onStreamingStarted?.(event)
    case 'batchSubmitted':
      return listener.onBatchSubmitted?.(event)
    case 'batchStarted':
      return listener.onBatchStarted?.(event)
    case 'batchCompleted':
      return listener.onBatchCompleted?.(event)
    case 'outputOperationStarted':
      return listener.onOutputOperationStarted?.(event)
    case 'outputOperationCompleted':
      return listener.onOutputOperationCompleted?.(event)
    case 'batchGenerationFailed':
      return listener.onBatchGenerationFailed?.(event)
    case 'receiverStarted':
      return listener.onReceiverStarted?.(event)
    case 'receiverError':
      return listener.onReceiverError?.(event)
    case 'receiverStopped':
      return listener.onReceiverStopped?.(event)
  }
}
