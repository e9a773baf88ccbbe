import { DStreamError } from '../../errors/dstream-error.ts'

/** The weights of the three terms, and between what the rate is held. */
export interface PIDRateEstimatorOptions {
  /** Milliseconds; above 0. */
  readonly batchIntervalMs: number
  /** Weight of the present error: how much faster records came than they were processed. Default 1. */
  readonly proportional?: number
  /** Weight of the error that has accumulated: records that wait. Default 0.2. */
  readonly integral?: number
  /** Weight of the change of the error. Default 0. */
  readonly derivative?: number
  /** The lowest rate that is estimated, in records a second; above 0. Default 100. */
  readonly minRate?: number
}

/** What an estimator remembers of the update before. */
interface Latest {
  readonly timeMs: number
  readonly rate: number
  readonly error: number
}

/**
 * Estimates how many records a second can be processed, from how long the batches took: a PID controller, whose set point is the rate of before, and
 * whose measured value is the rate of the batch. It holds the error of one batch, the records that wait for it, and the change of the error.
 *
 * @throws DStreamError PID_SETTINGS
 * @see Spark's PIDRateEstimator (spark.streaming.backpressure.pid.*)
 * @example
 * const estimator = new PIDRateEstimator({ batchIntervalMs: 1000 })
 * estimator.compute(1000, 1000, 500, 0) // => undefined
 * estimator.compute(2000, 1000, 1250, 0) // => 800
 */
export class PIDRateEstimator {
  readonly #options: Required<PIDRateEstimatorOptions>
  #latest: Latest | undefined

  constructor(options: PIDRateEstimatorOptions) {
    const { batchIntervalMs, proportional = 1, integral = 0.2, derivative = 0, minRate = 100 } = options
    this.#options = { batchIntervalMs, proportional, integral, derivative, minRate }
    check(this.#options)
  }

  /**
   * Takes the facts of a batch that has ended, and gives a new rate in records a second. None for the first batch, which only tells the rate to begin with,
   * and where the facts say nothing: no records, no time, or a time not after the one before.
   *
   * @param time when its processing ended, in epoch milliseconds
   * @param numElements records of the batch
   * @param processingDelay milliseconds that its processing took
   * @param schedulingDelay milliseconds that it waited for it
   */
  compute(time: number, numElements: number, processingDelay: number, schedulingDelay: number): number | undefined {
    const before = this.#latest
    if (!(time > (before?.timeMs ?? -1) && numElements > 0 && processingDelay > 0)) return undefined
    const processingRate = (numElements / processingDelay) * 1000
    if (before === undefined) {
      this.#latest = { timeMs: time, rate: processingRate, error: 0 }
      return undefined
    }
    const { batchIntervalMs, proportional, integral, derivative, minRate } = this.#options
    const error = before.rate - processingRate
    // Records that could have been processed while the batch waited: so many wait, too.
    const historicalError = (schedulingDelay * processingRate) / batchIntervalMs
    const change = (error - before.error) / ((time - before.timeMs) / 1000)
    const wanted = before.rate - proportional * error - integral * historicalError - derivative * change
    const rate = Math.max(wanted, minRate)
    this.#latest = { timeMs: time, rate, error }
    return rate
  }
}

function check({ batchIntervalMs, proportional, integral, derivative, minRate }: Required<PIDRateEstimatorOptions>) {
  if (!(batchIntervalMs > 0))
    throw refused(`Specified batch interval ${batchIntervalMs} in PIDRateEstimator is invalid.`)
  const terms = { Proportional: proportional, Integral: integral, Derivative: derivative }
  for (const [name, weight] of Object.entries(terms)) {
    if (!(weight >= 0)) throw refused(`${name} term ${doubleText(weight)} in PIDRateEstimator should be >= 0.`)
  }
  if (!(minRate > 0)) throw refused('Minimum rate in PIDRateEstimator should be > 0')
}

const refused = (message: string): DStreamError =>
  new DStreamError('PID_SETTINGS', message, { hint: 'The defaults are { proportional: 1, integral: 0.2, derivative: 0, minRate: 100 }.' }) // prettier-ignore

/** As Java writes a double: Spark's text says `-1.0`. */
const doubleText = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value))
