import type { AccumulatorV2 } from './accumulator-v2.ts'
import { encodeUpdate, mergeUpdate, registrationOf } from './registration.ts'

type AnyAccumulator = AccumulatorV2<never, unknown>

/** Told what is wrong with an accumulator. */
export type OnFailure = (error: unknown, accumulator: AnyAccumulator) => void

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

  /**
   * What these have added up; those without a name, or with nothing, are left out; and what still waits to be given.
   * @param onUnsaved told of those that cannot be encoded: they are left out too, since what is not theirs goes on
   */
  of(accumulators: Iterable<AnyAccumulator>, onUnsaved: OnFailure): AccumulatorValue[] {
    const values = new Map(this.#waiting)
    for (const accumulator of accumulators) {
      const name = registrationOf(accumulator)?.name
      if (name === undefined) continue
      try {
        const state = encodeUpdate(accumulator)
        if (state !== undefined)
          values.set(name, { name, className: accumulator.constructor.name, state: state.slice() })
      } catch (error) {
        onUnsaved(error, accumulator)
      }
    }
    return [...values.values()]
  }
}
