import { Partitioner, type Partitioning } from '../../rdd/partitioners/partitioner.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { RDD } from '../../rdd/rdd.ts'

/** The tail of `updateStateByKey`. */
export interface UpdateStateOptions<K, S> {
  /** Default: by hash, as many partitions as the default parallelism. */
  readonly partitioner?: Partitioning
  /** The same, where only the number is to be said. */
  readonly numPartitions?: number
  /** The states to begin with. Of equal keys the first counts. */
  readonly initialState?: RDD<readonly [K, S]> | RDD<[K, S]>
  /** What the function is given: `(values, state)` where nothing is said. */
  readonly form?: 'time' | 'iterator'
  /** Of the iterator form: false when the function may change keys, so that its pairs have to be spread anew. Default: true. */
  readonly rememberPartitioner?: boolean
  /** The version of the form of the states, from 1 on: count it up when states begin to look different. */
  readonly version?: number
  /**
   * Makes a state of the program out of one that was saved by an earlier version of it (0: it gave none), once for each key after a restart; `undefined` drops the
   * key. Goes with `version`.
   */
  migrate?(this: void, key: K, state: unknown, version: number): S | undefined
}

/** The three forms of an update function. */
export type UpdateForm = 'simple' | 'time' | 'iterator'

/** The tail in whatever shape it was given. */
export function updateStateArguments(given: unknown): {
  readonly form: UpdateForm
  readonly partitioning: Partitioning | undefined
  readonly initial: RddNode | undefined
  readonly movesKeys: true | undefined
  readonly version: number | undefined
  readonly migrate: ((...args: never[]) => unknown) | undefined
} {
  const options: UpdateStateOptions<never, never> =
    typeof given === 'number' || given instanceof Partitioner
      ? { partitioner: given }
      : ((given ?? {}) as UpdateStateOptions<never, never>)
  const { version, migrate } = options
  return {
    ...{ version, migrate },
    form: options.form ?? 'simple',
    partitioning: options.partitioner ?? options.numPartitions,
    initial: options.initialState?.node,
    movesKeys: options.form === 'iterator' && options.rememberPartitioner === false ? true : undefined,
  }
}
