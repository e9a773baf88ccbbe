import type { RddContext } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { hashSpec } from './hash-partitioner.ts'
import { Partitioner, type Partitioning } from './partitioner.ts'

/**
 * The partitioner of a shuffle for which none is given: that of the parent with the most partitions among those that have one, where it is not
 * much smaller than the largest parent (a tenth); else hashed into `spark.default.parallelism` partitions where that is set, else into as many as the largest parent has.
 *
 * @see Spark's Partitioner.defaultPartitioner
 */
export function defaultPartitioner(
  context: Pick<RddContext, 'shuffleParallelism'>,
  ...parents: readonly RddNode[]
): PartitionerSpec {
  const largest = Math.max(...parents.map(parent => parent.numPartitions))
  const numPartitions = context.shuffleParallelism ?? largest
  const known = parents
    .filter(parent => (parent.partitioner?.numPartitions ?? 0) > 0)
    .reduce<RddNode | undefined>(
      (most, parent) => (most && most.numPartitions >= parent.numPartitions ? most : parent),
      undefined,
    )
  const partitioner = known?.partitioner
  if (partitioner !== undefined) {
    const eligible = Math.log10(largest) - Math.log10(partitioner.numPartitions) < 1
    if (eligible || numPartitions <= partitioner.numPartitions) return partitioner
  }
  return hashSpec(numPartitions)
}

/** What the user gave, as the plan holds it; the default partitioner of the parents when nothing was given. */
export function partitionerOr(
  given: Partitioning | undefined,
  context: Pick<RddContext, 'shuffleParallelism'>,
  ...parents: readonly RddNode[]
): PartitionerSpec {
  if (given === undefined) return defaultPartitioner(context, ...parents)
  return given instanceof Partitioner ? given.spec : hashSpec(given)
}
