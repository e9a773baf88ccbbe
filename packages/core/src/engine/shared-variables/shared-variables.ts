import { encodeRecords, sharedCopy } from '../../codec/index.ts'
import type { Engine } from '../engine.ts'
import type { AccumulatorV2 } from './accumulator-v2.ts'
import { AccumulatorValues, type AccumulatorValue, type OnFailure } from './accumulator-values.ts'
import { Broadcast } from './broadcast.ts'
import { broadcastTable } from './broadcast-table.ts'
import { mergeUpdate, register } from './registration.ts'
import type { AccumulatorUpdate } from './task-accumulators.ts'

type AnyAccumulator = AccumulatorV2<never, unknown>

/**
 * The broadcast variables and accumulators of one context, over any engine.
 *
 * Invariants: (1) an update of a task is merged once, when the engine tells that the task ended and counts; (2) an update for an accumulator that is
 * not of this context, or that nobody holds any more, is dropped.
 */
export class SharedVariables {
  readonly #engine: Engine
  readonly #owner: string
  readonly #onError: OnFailure
  readonly #onUnsaved: OnFailure
  /** Those of which it has been told that they cannot be saved. */
  readonly #unsaved = new WeakSet<AnyAccumulator>()
  readonly #accumulators = new Map<string, WeakRef<AnyAccumulator>>()
  /** A stream may make one in every batch; what stands for it goes with it. */
  readonly #collected = new FinalizationRegistry<string>(key => this.#accumulators.delete(key))
  readonly #values = new AccumulatorValues()
  /** The values of those that are not destroyed, for checkpoints. */
  readonly #broadcastBytes = new Map<string, Uint8Array<SharedArrayBuffer>>()
  #broadcasts = 0
  #registered = 0

  /**
   * @param owner tells the variables of this context from those of any other, also of another run
   * @param onError called when the `merge` of an accumulator has thrown
   * @param onUnsaved called once for a named accumulator that cannot be encoded: checkpoints are written without it
   */
  constructor(engine: Engine, owner: string, onError: OnFailure = () => {}, onUnsaved: OnFailure = () => {}) {
    this.#engine = engine
    this.#owner = owner
    this.#onError = onError
    this.#onUnsaved = onUnsaved
  }

  /** @throws DStreamError where the value holds something that cannot be encoded */
  broadcast<T>(value: T): Broadcast<T> {
    const bytes = encodeRecords([value])
    const id = this.#broadcasts++
    const key = `${this.#owner}/${id}`
    this.#engine.broadcast(key, bytes)
    this.#broadcastBytes.set(key, bytes)
    return new Broadcast(value, id, key, {
      release: (released, destroyed) => {
        if (destroyed !== undefined) this.#broadcastBytes.delete(released)
        this.#engine.releaseBroadcast(released, destroyed)
      },
    })
  }

  /** The encoded value of a broadcast variable; undefined after it was destroyed. */
  broadcastBytes(key: string): Uint8Array | undefined {
    return this.#broadcastBytes.get(key)
  }

  /** Makes a broadcast variable of an earlier run readable: in tasks, and in the driver for functions that came out of a checkpoint. */
  recoverBroadcast(key: string, value: Uint8Array): void {
    const bytes = sharedCopy(value)
    broadcastTable.add(key, bytes)
    this.#engine.broadcast(key, bytes)
    this.#broadcastBytes.set(key, bytes)
  }

  /** @throws DStreamError ACCUMULATOR_TWICE, ACCUMULATOR_PRIVATE_FIELDS */
  register<A extends AccumulatorV2<never, unknown>>(accumulator: A, name?: string): A {
    const id = this.#registered
    const key = `${this.#owner}/${id}`
    register(accumulator, { id, key, name })
    if (this.#registered++ === 0) this.#listen()
    this.#accumulators.set(key, new WeakRef(accumulator))
    this.#collected.register(accumulator, key)
    this.#values.registered(accumulator)
    return accumulator
  }

  /** What the named accumulators have added up so far. */
  accumulatorValues(): AccumulatorValue[] {
    return this.#values.of(this.#alive(), (error, accumulator) => {
      if (this.#unsaved.has(accumulator)) return
      this.#unsaved.add(accumulator)
      this.#onUnsaved(error, accumulator)
    })
  }

  /** What they had added up in an earlier run. */
  recoverAccumulators(values: readonly AccumulatorValue[]): void {
    this.#values.recover(values, this.#alive())
  }

  #alive(): AnyAccumulator[] {
    return [...this.#accumulators.values()].flatMap(accumulator => accumulator.deref() ?? [])
  }

  #listen(): void {
    this.#engine.subscribe(event => {
      if (event.type === 'taskEnded') for (const update of event.accumulators ?? []) this.#merge(update)
    })
  }

  #merge({ key, bytes }: AccumulatorUpdate): void {
    const accumulator = this.#accumulators.get(key)?.deref()
    if (accumulator === undefined) return
    try {
      mergeUpdate(accumulator, bytes)
    } catch (error) {
      this.#onError(error, accumulator)
    }
  }
}
