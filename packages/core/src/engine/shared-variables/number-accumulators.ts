import { registerHandles, travelsAs, type Handle } from '../../closures/protocol.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { AccumulatorV2 } from './accumulator-v2.ts'
import { refuseInTask, registerBuiltIn } from './registration.ts'

/**
 * Counts and adds up whole numbers, exactly, however large the sum: `value` is the nearest number, `exact` a bigint. (Spark's wraps around at 64 bits.)
 *
 * @example
 * const lines = sc.longAccumulator('lines')
 * await sc.parallelize(['a', 'b', 'c']).foreach(() => lines.add(1))
 * lines.value // => 3
 */
export class LongAccumulator extends AccumulatorV2<number | bigint, number> {
  static override [travelsAs](): Handle | undefined {
    return this === LongAccumulator ? { name: 'LongAccumulator', data: [] } : undefined
  }

  /** The sum is `small + large`: a number as long as that is exact. */
  protected small = 0
  protected large = 0n
  protected added = 0

  get isZero(): boolean {
    return this.added === 0 && this.small === 0 && this.large === 0n
  }

  /** @throws DStreamError ACCUMULATOR_NOT_WHOLE */
  add(v: number | bigint): void {
    this.grow(v)
    this.added++
  }

  get sum(): number {
    refuseInTask(this)
    return this.large === 0n ? this.small : Number(this.large + BigInt(this.small))
  }

  get value(): number {
    return this.sum
  }

  /** The sum, also beyond 2^53. */
  get exact(): bigint {
    refuseInTask(this)
    return this.large + BigInt(this.small)
  }

  /** How many times something was added. */
  get count(): number {
    refuseInTask(this)
    return this.added
  }

  get avg(): number {
    return this.sum / this.count
  }

  merge(other: LongAccumulator): void {
    this.grow(other.small)
    this.large += other.large
    this.added += other.added
  }

  reset(): void {
    this.small = this.added = 0
    this.large = 0n
  }

  copy(): LongAccumulator {
    return LongAccumulator.of(this.state)
  }

  /** What crosses between driver and tasks. */
  get state(): readonly [small: number, large: bigint, count: number] {
    return [this.small, this.large, this.added]
  }

  static of(state: LongAccumulator['state'] | undefined): LongAccumulator {
    const made = new LongAccumulator()
    if (state !== undefined) [made.small, made.large, made.added] = state
    return made
  }

  protected grow(v: number | bigint): void {
    if (typeof v === 'bigint') this.large += v
    else if (!Number.isInteger(v)) throw notWhole(v)
    else if (Number.isSafeInteger(this.small + v)) this.small += v
    else this.large += BigInt(v)
  }
}

/**
 * Counts and adds up numbers of any kind.
 *
 * @example
 * const seconds = sc.doubleAccumulator('seconds')
 * await sc.parallelize([0.5, 1.5]).foreach(s => seconds.add(s))
 * const { sum, count, avg } = seconds
 * const all = [sum, count, avg] // => [2, 2, 1]
 */
export class DoubleAccumulator extends AccumulatorV2<number, number> {
  static override [travelsAs](): Handle | undefined {
    return this === DoubleAccumulator ? { name: 'DoubleAccumulator', data: [] } : undefined
  }

  protected total = 0
  protected added = 0

  get isZero(): boolean {
    return this.added === 0 && this.total === 0
  }

  add(v: number): void {
    this.total += v
    this.added++
  }

  get sum(): number {
    refuseInTask(this)
    return this.total
  }

  get value(): number {
    return this.sum
  }

  get count(): number {
    refuseInTask(this)
    return this.added
  }

  get avg(): number {
    return this.sum / this.count
  }

  merge(other: DoubleAccumulator): void {
    this.total += other.total
    this.added += other.added
  }

  reset(): void {
    this.total = this.added = 0
  }

  copy(): DoubleAccumulator {
    return DoubleAccumulator.of(this.state)
  }

  /** What crosses between driver and tasks. */
  get state(): readonly [total: number, count: number] {
    return [this.total, this.added]
  }

  static of(state: DoubleAccumulator['state'] | undefined): DoubleAccumulator {
    const made = new DoubleAccumulator()
    if (state !== undefined) [made.total, made.added] = state
    return made
  }
}

registerHandles({ LongAccumulator: () => LongAccumulator, DoubleAccumulator: () => DoubleAccumulator })
registerBuiltIn(LongAccumulator, LongAccumulator.of)
registerBuiltIn(DoubleAccumulator, DoubleAccumulator.of)

const notWhole = (v: unknown): DStreamError =>
  new DStreamError('ACCUMULATOR_NOT_WHOLE', `A long accumulator adds whole numbers, not ${String(v)}`, {
    hint: 'Use sc.doubleAccumulator, or round first.',
  })
