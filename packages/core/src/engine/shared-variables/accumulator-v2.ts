import { registerHandles, travelsAs, type Handle } from '../../closures/protocol.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { registrationOf, stateToSend } from './registration.ts'

/**
 * Something that tasks add to and the driver reads: counters, sums, or what a subclass makes of it. A task adds to a copy of its own, empty at
 * first; when the task has succeeded, and only then, that copy is merged into the driver's.
 *
 * Exact for actions: each result task counts once, however often it was tried. Functions of transformations may count again when a
 * partition is computed again (another job over the same dataset, a lost worker), as in Spark.
 *
 * A subclass keeps its state in ordinary fields (no `#private` ones: its instances cross to workers and back), and is registered with
 * `sc.register(accumulator, name)`.
 *
 * @see Spark's AccumulatorV2
 * @example
 * class Longest extends AccumulatorV2<string, string> {
 *   word = ''
 *   get isZero() { return this.word === '' }
 *   get value() { return this.word }
 *   copy() { return Object.assign(new Longest(), { word: this.word }) }
 *   reset() { this.word = '' }
 *   add(word: string) { if (word.length > this.word.length) this.word = word }
 *   merge(that: Longest) { this.add(that.word) }
 * }
 * const longest = new Longest()
 * sc.register(longest, 'longest word')
 * await sc.parallelize(['a', 'cat', 'is'], 2).foreach(word => longest.add(word))
 * longest.value // => 'cat'
 */
export abstract class AccumulatorV2<In, Out> {
  /** The class itself is not copied into tasks: they have it. */
  static [travelsAs](): Handle | undefined {
    return this === (AccumulatorV2 as unknown) ? { name: 'AccumulatorV2', data: [] } : undefined
  }

  /** Nothing has been added. */
  abstract readonly isZero: boolean
  /** What has been added up. The built-in accumulators refuse to tell it in tasks, which see only their own part. */
  abstract readonly value: Out
  /** Another one with the same content. */
  abstract copy(): AccumulatorV2<In, Out>
  /** Makes it zero. */
  abstract reset(): void
  abstract add(v: In): void
  /** Adds what another one has added up. */
  abstract merge(other: AccumulatorV2<In, Out>): void

  /** The name that it was registered under. */
  get name(): string | undefined {
    return registrationOf(this)?.name
  }

  /** Unique in its context. @throws DStreamError ACCUMULATOR_NOT_REGISTERED */
  get id(): number {
    return (registrationOf(this) ?? notRegistered()).id
  }

  get isRegistered(): boolean {
    return registrationOf(this) !== undefined
  }

  /** A new one, zero. */
  copyAndReset(): AccumulatorV2<In, Out> {
    const copy = this.copy()
    copy.reset()
    return copy
  }

  toString(): string {
    return `${this.constructor.name}(id: ${registrationOf(this)?.id ?? 'none'}, name: ${this.name ?? 'none'})`
  }

  [travelsAs](): Handle {
    const { key, name } = registrationOf(this) ?? notRegistered()
    return { name: 'accumulator', data: [key, name, this.constructor, stateToSend(this)] }
  }
}

registerHandles({ AccumulatorV2: () => AccumulatorV2 })

function notRegistered(): never {
  throw new DStreamError('ACCUMULATOR_NOT_REGISTERED', 'Accumulator must be registered before send to executor', {
    hint: 'Call sc.register(accumulator, name) in the driver first.',
  })
}
