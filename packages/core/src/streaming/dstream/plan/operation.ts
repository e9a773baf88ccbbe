import type { TaskFunction } from '../../../closures/closure.ts'
import type { RDD } from '../../../rdd/rdd.ts'
import type { Time } from '../../../time/index.ts'

/**
 * How the RDD of a batch is made of the parents' RDDs.
 *
 * - `named`: one of this project's own operations, with the functions that were captured when the operator was applied and plain data: it
 *   can be written into a checkpoint as it is;
 * - `driver`: the user's function of `transform`, live, called on the main thread for each batch.
 */
export type RddOperation = NamedOperation | DriverOperation

/** The operations that a stream's plan may name. The names are part of the checkpoint's format: they stay. */
export type OperationName =
  | 'map'
  | 'flatMap'
  | 'filter'
  | 'mapPartitions'
  | 'mapAsync'
  | 'mapPartitionsWithIndex'
  | 'glom'
  | 'repartition'
  | 'union'
  | 'append'
  | 'values'
  | 'mapValues'
  | 'flatMapValues'
  | 'partitionBy'
  | 'reduceByKey'
  | 'groupByKey'
  | 'combineByKey'
  | 'cogroup'
  | 'join'
  | 'leftOuterJoin'
  | 'rightOuterJoin'
  | 'fullOuterJoin'
  | 'stateMapped'
  | 'stateSnapshots'

export interface NamedOperation {
  readonly kind: 'named'
  readonly name: OperationName
  readonly functions: readonly TaskFunction[]
  readonly data: readonly unknown[]
}

export interface DriverOperation {
  readonly kind: 'driver'
  readonly f: (rdds: readonly RDD<unknown>[], time: Time) => RDD<unknown>
}
