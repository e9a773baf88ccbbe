import type { Dataset } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { hashSpec } from './hash-partitioner.ts'
import { Partitioner } from './partitioner.ts'

export type RangeSpec = Extract<PartitionerSpec, { kind: 'range' }>

/** The node whose keys decide about the cuts, for specs that travel to plans in which that node is not. */
const sampledNodes = new WeakMap<RangeSpec, RddNode>()

/** Cuts for the keys of `sampled`, which is a dataset of pairs. One partition needs no cuts, so no sampling. */
export function rangeSpec(sampled: RddNode, numPartitions: number, ascending: boolean): RangeSpec {
  hashSpec(numPartitions)
  const spec: RangeSpec = {
    kind: 'range',
    numPartitions,
    ascending,
    sampled: sampled.id,
    ...(numPartitions <= 1 ? { bounds: [] } : {}),
  }
  sampledNodes.set(spec, sampled)
  return spec
}

/** The node that a spec samples, where this process made the spec. */
export const sampledNode = (spec: RangeSpec): RddNode | undefined => sampledNodes.get(spec)

/**
 * Spreads keys in their natural order, cut so that the partitions of the given dataset are about equal. The keys are sampled by a
 * job of its own before the first job that needs the cuts.
 *
 * @see Spark's RangePartitioner
 * @example
 * other.partitionBy(new RangePartitioner(4, pairs))
 */
export class RangePartitioner extends Partitioner {
  constructor(numPartitions: number, pairs: Dataset, ascending = true) {
    super(rangeSpec(pairs.node, numPartitions, ascending))
  }
}
