import type { TaskFunction } from '../../../closures/closure.ts'
import type { RDD } from '../../../rdd/index.ts'
import type { Time } from '../../../time/index.ts'

/**
 * How the RDD of a batch is made of the parents' RDDs.
 *
 * - `named`: one of this project's own operations, with the functions that were captured when the operator was applied and plain data: it
 *   can be written into a checkpoint as it is;
 * - `driver`: the user's function of `transform`, live, called on the main thread for each batch.
 */
export type RddOperation = NamedOperation | DriverOperation

export interface NamedOperation {
  readonly kind: 'named'
  readonly name: string
  readonly functions: readonly TaskFunction[]
  readonly data: readonly unknown[]
}

export interface DriverOperation {
  readonly kind: 'driver'
  readonly f: (rdds: readonly RDD<unknown>[], time: Time) => RDD<unknown>
}
