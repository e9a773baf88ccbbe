import type { Partitioning } from '../../rdd/partitioners/partitioner.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { RDD } from '../../rdd/rdd.ts'
import type { Shaped } from '../../rdd/shaped.ts'
import type { State } from '../../rdd/state/index.ts'
import { asDuration, type Duration, type Time } from '../../time/index.ts'
import { notAStateSpec } from '../errors.ts'

/** Called for each value of a key, and with value `undefined` for a key whose time is over. */
export type MapWithState<K, V, S, M> = (key: K, value: V | undefined, state: State<S>) => M

/** The same with the batch time before; it may return `undefined`, for nothing. */
export type MapWithStateAndTime<K, V, S, M> = (
  time: Time,
  key: K,
  value: V | undefined,
  state: State<S>,
) => M | undefined

/** What a spec says, as `mapWithState` reads it. */
export interface StateSpecFields {
  /** `time`: the function is given the batch time first. */
  readonly form: 'plain' | 'time'
  readonly f: (...args: never[]) => unknown
  readonly partitioning?: Partitioning
  readonly initial?: RddNode
  readonly timeoutMs?: number
  readonly version?: number
  readonly migrate?: (...args: never[]) => unknown
}

const fields = Symbol('fields')

/**
 * What `mapWithState` does, put together step by step: each method changes the spec and returns it.
 *
 * @see Spark's StateSpec
 * @example
 * import type { State } from 'dstream'
 * StateSpec.function((word: string, one: number | undefined, sum: State<number>) => {
 *   sum.update((sum.getOption() ?? 0) + (one ?? 0))
 *   return [word, sum.get()]
 * }).timeout(Minutes(30))
 */
export class StateSpec<K, V, S, M> {
  /** Names the types for inference; never there. */
  declare readonly types: { readonly in: (key: K, value: V) => void; readonly state: S; readonly out: M }
  readonly [fields]: { -readonly [F in keyof StateSpecFields]: StateSpecFields[F] }

  private constructor(form: StateSpecFields['form'], f: StateSpecFields['f']) {
    this[fields] = { form, f }
  }

  /**
   * A spec of a function: `(key, value, state)`, or with four parameters `(time, key, value, state)`. Which one it is is told by how many
   * parameters the function declares. What it returns is the mapped stream; `undefined` is left out.
   */
  static function<K, V, S, M extends Shaped>(f: MapWithState<K, V, S, M>): StateSpec<K, V, S, Exclude<M, undefined>>
  static function<K, V, S, M extends Shaped>(f: MapWithStateAndTime<K, V, S, M>): StateSpec<K, V, S, M>
  static function(f: (...args: never[]) => unknown): StateSpec<unknown, unknown, unknown, unknown> {
    return new StateSpec(f.length >= 4 ? 'time' : 'plain', f)
  }

  /** The states to begin with; they count as updated in the first batch. Of equal keys the last counts. */
  initialState(rdd: RDD<readonly [K, S]> | RDD<[K, S]>): this {
    this[fields].initial = rdd.node
    return this
  }

  /** The number of partitions of the state, by hash. Default: the default parallelism. */
  numPartitions(numPartitions: number): this {
    this[fields].partitioning = numPartitions
    return this
  }

  /** How keys are spread over the partitions of the state. */
  partitioner(partitioning: Partitioning): this {
    this[fields].partitioning = partitioning
    return this
  }

  /**
   * The version of the form of the states, from 1 on: count it up when states begin to look different. `migrate` then makes states of the program out of those that
   * were saved by an earlier version of it (0: it gave none), once for each key after a restart; `undefined` drops the key.
   *
   * `mapWithState` throws STATE_VERSION_NUMBER where it is none.
   *
   * @example
   * import type { State } from 'dstream'
   * StateSpec.function((word: string, one: number | undefined, state: State<{ sum: number }>) => {
   *   state.update({ sum: (state.getOption()?.sum ?? 0) + (one ?? 0) })
   * }).version(1, (word, sum: number) => ({ sum }))
   */
  version<Old = unknown>(version: number, migrate?: (key: K, state: Old, version: number) => S | undefined): this {
    Object.assign(this[fields], { version, ...(migrate && { migrate }) })
    return this
  }

  /**
   * A key that has had no data for longer than this is over: the function is called once more, with value `undefined` and `isTimingOut()`, and
   * the state goes. Looking costs a pass over all keys, so it is done when the stream is checkpointed, every tenth batch where nothing else is said.
   */
  timeout(idle: Duration): this {
    this[fields].timeoutMs = asDuration(idle, 'timeout').milliseconds
    return this
  }
}

/** What a spec says. @throws DStreamError NOT_A_STATE_SPEC */
export function stateSpecOf(spec: StateSpec<never, never, never, never> | object): StateSpecFields {
  const found = (spec as { readonly [fields]?: StateSpecFields } | null | undefined)?.[fields]
  if (found === undefined) throw notAStateSpec(spec)
  return found
}
