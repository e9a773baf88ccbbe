import type { Point } from './trend.ts'

/** Measurements of several quantities, in memory that is there before the first: what looks for leaks of a few bytes must not be one. */
export class Samples<Name extends string> {
  readonly #batches: Float64Array
  /** NaN: not told. */
  readonly #values: ReadonlyMap<Name, Float64Array>
  #size = 0

  constructor(names: readonly Name[], most: number) {
    this.#batches = new Float64Array(most)
    this.#values = new Map(names.map(name => [name, new Float64Array(most)]))
  }

  add(batch: number, values: Readonly<Record<Name, number | undefined>>): void {
    this.#batches[this.#size] = batch
    for (const [name, of] of this.#values) of[this.#size] = values[name] ?? NaN
    this.#size++
  }

  /** What was told of each. */
  points(): ReadonlyMap<Name, readonly Point[]> {
    const batches = [...this.#batches.subarray(0, this.#size)]
    const pointsOf = (values: Float64Array): Point[] =>
      batches.map((batch, i) => [batch, values[i]!] as const).filter(([, value]) => !Number.isNaN(value))
    return new Map([...this.#values].map(([name, values]) => [name, pointsOf(values)]))
  }
}
