import type { AccumulatorV2 } from './accumulator-v2.ts'
import { encodeUpdate, mergeUpdate, registrationOf } from './registration.ts'

type AnyAccumulator = AccumulatorV2<never, unknown>

/** What a named accumulator has added up, as data. */
export interface AccumulatorValue {
  readonly name: string
  readonly className: string
  /** Encoded. */
  readonly state: Uint8Array
}

/**
 * The values that accumulators had in an earlier run, given to those of the same name and class: at once where there is one, else when it is
 * registered. Each is given once, and only to one that has added up nothing yet.
 */
export class AccumulatorValues {
  readonly #waiting = new Map<string, AccumulatorValue>()

  /** Values for accumulators; of several of one name the one that was registered last is meant. */
  recover(values: readonly AccumulatorValue[], accumulators: Iterable<AnyAccumulator>): void {
    for (const value of values) this.#waiting.set(value.name, value)
    for (const accumulator of [...accumulators].reverse()) this.registered(accumulator)
  }

  registered(accumulator: AnyAccumulator): void {
    const { name = '' } = accumulator
    const value = this.#waiting.get(name)
    if (value === undefined || value.className !== accumulator.constructor.name || !accumulator.isZero) return
    this.#waiting.delete(name)
    mergeUpdate(accumulator, value.state)
  }

  /** What these have added up; those without a name, or with nothing, are left out; and what still waits to be given. */
  of(accumulators: Iterable<AnyAccumulator>): AccumulatorValue[] {
    const values = new Map(this.#waiting)
    for (const accumulator of accumulators) {
      const name = registrationOf(accumulator)?.name
      const state = name === undefined ? undefined : encodeUpdate(accumulator)
      if (name !== undefined && state !== undefined)
        values.set(name, { name, className: accumulator.constructor.name, state: state.slice() })
    }
    return [...values.values()]
  }
}
