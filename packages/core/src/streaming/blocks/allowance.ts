/**
 * How many records may go on: a token bucket that holds what one interval allows, so that no interval gives more than its share however
 * long it was quiet before. A record a second or less is saved up until it is a whole one. Times are those that have passed (`Clock.elapsed`).
 */
export class Allowance {
  readonly #intervalMs: number
  #ratePerSecond: number
  #tokens: number
  #atMs: number

  /** @param ratePerSecond Infinity, or 0 and below: no limit */
  constructor(ratePerSecond: number, intervalMs: number, nowMs: number) {
    this.#intervalMs = intervalMs
    this.#ratePerSecond = limitOf(ratePerSecond)
    this.#atMs = nowMs
    this.#tokens = this.perInterval
  }

  /** A new rate, valid from now on. */
  setRate(ratePerSecond: number, nowMs: number): void {
    this.#refill(nowMs)
    this.#ratePerSecond = limitOf(ratePerSecond)
    this.#tokens = Math.min(this.#tokens, this.perInterval)
  }

  get ratePerSecond(): number {
    return this.#ratePerSecond
  }

  /** The most that one interval lets through. */
  get perInterval(): number {
    return Math.max(1, (this.#ratePerSecond * this.#intervalMs) / 1000)
  }

  /** Takes up to `wanted` records; returns how many may go on. */
  take(wanted: number, nowMs: number): number {
    this.#refill(nowMs)
    const taken = Math.min(wanted, Math.floor(this.#tokens))
    if (this.#ratePerSecond !== Infinity) this.#tokens -= taken
    return taken
  }

  #refill(nowMs: number): void {
    const passedMs = nowMs - this.#atMs
    this.#atMs = nowMs
    const earned = this.#ratePerSecond === Infinity ? Infinity : (this.#ratePerSecond * passedMs) / 1000
    this.#tokens = Math.min(this.perInterval, this.#tokens + earned)
  }
}

const limitOf = (ratePerSecond: number): number => (ratePerSecond > 0 ? ratePerSecond : Infinity)
