/**
 * A number that is known approximately: with this confidence it lies between `low` and `high`.
 *
 * @see Spark's BoundedDouble
 * @example
 * String(new BoundedDouble(10, 0.95, 8, 12)) // => '[8.000, 12.000]'
 */
export class BoundedDouble {
  readonly mean: number
  /** 1 when the number is exact. */
  readonly confidence: number
  readonly low: number
  readonly high: number

  constructor(mean: number, confidence: number, low: number, high: number) {
    this.mean = mean
    this.confidence = confidence
    this.low = low
    this.high = high
  }

  toString(): string {
    return `[${this.low.toFixed(3)}, ${this.high.toFixed(3)}]`
  }
}
