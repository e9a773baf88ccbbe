import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { samePartitioner } from './same-partitioner.ts'

/**
 * How the keys of pairs are spread over partitions. `HashPartitioner`, `RangePartitioner` and `CustomPartitioner` are made by users; any other is
 * what `rdd.partitioner` answers.
 */
export class Partitioner {
  /** The same as plain data, as plans hold it. */
  readonly spec: PartitionerSpec

  constructor(spec: PartitionerSpec) {
    this.spec = spec
  }

  get numPartitions(): number {
    return this.spec.numPartitions
  }

  /** Whether both put equal keys into equal partitions, so that a join needs no shuffle. */
  equals(other: Partitioner): boolean {
    return samePartitioner(this.spec, other.spec)
  }
}

/** What operators that spread keys take: a number of partitions (hashed), or a partitioner. */
export type Partitioning = number | Partitioner
