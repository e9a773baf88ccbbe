import type { TaskFunction } from '../../closures/closure.ts'

/**
 * How keys are spread over partitions, as data. Two specs that are equal as data spread equal keys equally, so a join of two
 * datasets with equal specs needs no shuffle.
 */
export type PartitionerSpec = PartitionerSpecOf<TaskFunction>

/** The same with functions in any form: an engine may send them by number. */
export type PartitionerSpecOf<F> =
  /** `keyHash(key) mod numPartitions`. */
  | { readonly kind: 'hash'; readonly numPartitions: number }
  /**
   * Keys in order, cut so that the parts are about equal. The cuts are not known when the plan is made: before a job runs, the keys of
   * `sampled` (a node id: the parent of the shuffle) are sampled and `bounds` filled in.
   * Key k goes to the number of bounds that are before it in the order.
   */
  | {
      readonly kind: 'range'
      readonly numPartitions: number
      readonly ascending: boolean
      readonly sampled: number
      readonly bounds?: readonly unknown[]
    }
  /** The user's function from key to partition. */
  | { readonly kind: 'custom'; readonly numPartitions: number; readonly partition: F }
