import type { Settings } from '../../context/keys.ts'
import type { BatchInfo } from '../events/batch-info.ts'
import type { StreamingListener } from '../events/streaming-listener.ts'
import { PIDRateEstimator } from './pid-rate-estimator.ts'

/** What the rate of an input is decided by. */
export type RateSettings = Pick<
  Settings,
  | 'backpressureEnabled'
  | 'backpressureInitialRatePerSecond'
  | 'receiverMaxRatePerSecond'
  | 'pidProportional'
  | 'pidIntegral'
  | 'pidDerived'
  | 'pidMinRatePerSecond'
>

/** Records a second that a receiver may store before any batch has ended; undefined where there is no limit. */
export function firstRate(settings: RateSettings): number | undefined {
  const { backpressureEnabled, backpressureInitialRatePerSecond, receiverMaxRatePerSecond } = settings
  if (!backpressureEnabled) return receiverMaxRatePerSecond
  return lower(backpressureInitialRatePerSecond, receiverMaxRatePerSecond)
}

/** The lower of two limits; undefined, 0 and below are none. */
function lower(a: number | undefined, b: number | undefined): number | undefined {
  const limits = [a, b].filter(limit => limit !== undefined && limit > 0) as number[]
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/**
 * Backpressure for one input stream: after each batch it estimates what can be processed, and tells it to whoever holds back the input. Never more than
 * `spark.streaming.receiver.maxRate`.
 *
 * @see Spark's RateController
 */
export class RateController implements StreamingListener {
  readonly #streamId: number
  readonly #estimator: PIDRateEstimator
  readonly #maxRate: number | undefined
  readonly #publish: (recordsPerSecond: number) => void

  constructor(
    streamId: number,
    batchIntervalMs: number,
    settings: RateSettings,
    publish: (recordsPerSecond: number) => void,
  ) {
    const { pidProportional, pidIntegral, pidDerived, pidMinRatePerSecond, receiverMaxRatePerSecond } = settings
    this.#streamId = streamId
    this.#maxRate = receiverMaxRatePerSecond
    this.#publish = publish
    this.#estimator = new PIDRateEstimator({
      batchIntervalMs,
      proportional: pidProportional,
      integral: pidIntegral,
      derivative: pidDerived,
      minRate: pidMinRatePerSecond,
    })
  }

  onBatchCompleted({ batchInfo }: { readonly batchInfo: BatchInfo }): void {
    const { processingEndTime, processingDelay, schedulingDelay } = batchInfo
    const numRecords = batchInfo.streamIdToInputInfo.get(this.#streamId)?.numRecords
    if (numRecords === undefined || processingEndTime === undefined) return
    const rate = this.#estimator.compute(processingEndTime, numRecords, processingDelay ?? 0, schedulingDelay ?? 0)
    // Rounded down to 0, it would be no limit.
    if (rate !== undefined) this.#publish(lower(Math.floor(rate) || rate, this.#maxRate) ?? rate)
  }
}
