import { registerHandles, travelsAs, type Handle } from '../../closures/protocol.ts'
import { AccumulatorV2 } from './accumulator-v2.ts'
import { refuseInTask, registerBuiltIn } from './registration.ts'

/**
 * Collects what tasks give it; the order is that in which tasks end.
 *
 * @example
 * const bad = sc.collectionAccumulator<string>('bad lines')
 * await sc.parallelize(['1', 'x', '2']).foreach(line => { if (Number.isNaN(Number(line))) bad.add(line) })
 * bad.value // => ['x']
 */
export class CollectionAccumulator<T> extends AccumulatorV2<T, readonly T[]> {
  static override [travelsAs](): Handle | undefined {
    return this === (CollectionAccumulator as unknown) ? { name: 'CollectionAccumulator', data: [] } : undefined
  }

  protected items: T[] = []

  get isZero(): boolean {
    return this.items.length === 0
  }

  add(v: T): void {
    this.items.push(v)
  }

  /** A copy: adding to it changes nothing here. */
  get value(): readonly T[] {
    refuseInTask(this)
    return [...this.items]
  }

  merge(other: CollectionAccumulator<T>): void {
    for (const item of other.items) this.items.push(item)
  }

  reset(): void {
    this.items = []
  }

  copy(): CollectionAccumulator<T> {
    return CollectionAccumulator.of(this.items)
  }

  /** What crosses between driver and tasks. */
  get state(): readonly T[] {
    return this.items
  }

  static of<T>(items: readonly T[] = []): CollectionAccumulator<T> {
    const made = new CollectionAccumulator<T>()
    made.items = [...items]
    return made
  }
}

registerHandles({ CollectionAccumulator: () => CollectionAccumulator })
registerBuiltIn(CollectionAccumulator, CollectionAccumulator.of)
