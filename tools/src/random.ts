/** Chance from a seed: the same seed gives the same numbers, everywhere. (mulberry32) */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 0
    for (let i = 0; i < 4; i++) this.#next()
  }

  /** A whole number from 0 up to but not including `n`. */
  below(n: number): number {
    return Math.floor((this.#next() / 2 ** 32) * n)
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  chance(probability: number): boolean {
    return this.#next() < probability * 2 ** 32
  }

  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  /** One of them, each as often as its weight says. */
  weighted<T>(from: readonly (readonly [weight: number, what: T])[]): T {
    let left = this.below(from.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, what] of from) {
      left -= weight
      if (left < 0) return what
    }
    return from.at(-1)![1]
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}
