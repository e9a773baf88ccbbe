import type { MakeNode } from '../context.ts'
import { rangeSpec } from '../partitioners/range-partitioner.ts'
import type { RddNode } from '../plan/node.ts'

export interface SortOptions {
  readonly ascending: boolean
  readonly numPartitions: number
}

/** Pairs in the order of their keys, over all partitions; equal keys in the order in which they come. */
export const sortByKey = (make: MakeNode, parent: RddNode, { ascending, numPartitions }: SortOptions): RddNode =>
  make({
    kind: 'shuffle',
    operator: 'sortByKey',
    parents: [parent],
    numPartitions,
    partitioner: rangeSpec(parent, numPartitions, ascending),
    order: ascending ? 'ascending' : 'descending',
  })
