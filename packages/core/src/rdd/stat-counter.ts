/** What a StatCounter holds, as it travels. */
export type StatData = readonly [count: number, mean: number, squares: number, max: number, min: number]

/**
 * Count, mean, variance, largest and smallest of numbers, merged in a numerically robust way.
 *
 * @see Spark's StatCounter; Chan, Golub, LeVeque, "Algorithms for computing the sample variance"
 * @example
 * new StatCounter([1, 2, 4, 5]).mean // => 3
 */
export class StatCounter {
  #count = 0
  #mean = 0
  /** Sum of the squared differences from the mean. */
  #squares = 0
  #max = -Infinity
  #min = Infinity

  constructor(numbers: Iterable<number> = []) {
    for (const number of numbers) this.merge(number)
  }

  static fromData([count, mean, squares, max, min]: StatData): StatCounter {
    const counter = new StatCounter()
    counter.#count = count
    counter.#mean = mean
    counter.#squares = squares
    counter.#max = max
    counter.#min = min
    return counter
  }

  toData(): StatData {
    return [this.#count, this.#mean, this.#squares, this.#max, this.#min]
  }

  merge(number: number): this {
    const delta = number - this.#mean
    this.#count += 1
    this.#mean += delta / this.#count
    this.#squares += delta * (number - this.#mean)
    this.#max = Math.max(this.#max, number)
    this.#min = Math.min(this.#min, number)
    return this
  }

  mergeStats(other: StatCounter): this {
    const [count, mean, squares, max, min] = other.toData()
    if (count === 0) return this
    const total = this.#count + count
    const delta = mean - this.#mean
    this.#squares += squares + (delta * delta * this.#count * count) / total
    this.#mean = this.#count === 0 ? mean : (this.#mean * this.#count + mean * count) / total
    this.#count = total
    this.#max = Math.max(this.#max, max)
    this.#min = Math.min(this.#min, min)
    return this
  }

  get count(): number {
    return this.#count
  }
  /** 0 when there was no number, as in Spark. */
  get mean(): number {
    return this.#mean
  }
  get sum(): number {
    return this.#count * this.#mean
  }
  /** `-Infinity` when there was no number. */
  get max(): number {
    return this.#max
  }
  /** `Infinity` when there was no number. */
  get min(): number {
    return this.#min
  }
  /** Of the population; `NaN` when there was no number. */
  get variance(): number {
    return this.#count === 0 ? NaN : this.#squares / this.#count
  }
  get stdev(): number {
    return Math.sqrt(this.variance)
  }
  /** `variance` by another name. */
  get popVariance(): number {
    return this.variance
  }
  /** `stdev` by another name. */
  get popStdev(): number {
    return this.stdev
  }
  /** Of a sample: divided by one less; `NaN` for fewer than two numbers. */
  get sampleVariance(): number {
    return this.#count <= 1 ? NaN : this.#squares / (this.#count - 1)
  }
  get sampleStdev(): number {
    return Math.sqrt(this.sampleVariance)
  }

  toString(): string {
    const [mean, stdev, max, min] = [this.mean, this.stdev, this.max, this.min].map(n => n.toFixed(6))
    return `(count: ${this.#count}, mean: ${mean}, stdev: ${stdev}, max: ${max}, min: ${min})`
  }
}
