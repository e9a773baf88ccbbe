import { keyHash } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { shown } from '../../errors/shown.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { Partitioner } from './partitioner.ts'

/** The plan's form of a `HashPartitioner`. */
export function hashSpec(numPartitions: number): PartitionerSpec {
  if (!Number.isInteger(numPartitions)) throw partitionCount(`must be a whole number, not ${shown(numPartitions)}`)
  if (numPartitions < 0) throw partitionCount(`(${numPartitions}) cannot be negative.`)
  return { kind: 'hash', numPartitions }
}

const partitionCount = (what: string): DStreamError =>
  new DStreamError('PARTITION_COUNT', `Number of partitions ${what}`, {
    hint: 'Give a whole number of partitions, 1 or more.',
  })

/** Where a key goes: `hash mod numPartitions`, never negative. */
export function hashPartition(key: unknown, numPartitions: number): number {
  const rest = keyHash(key) % numPartitions
  return rest < 0 ? rest + numPartitions : rest
}

/**
 * Spreads keys by their hash: equal keys (by content) go to the same partition.
 *
 * @throws DStreamError PARTITION_COUNT for a negative or broken number
 * @see Spark's HashPartitioner (whose hash is Java's: the partition numbers differ)
 * @example
 * new HashPartitioner(4).numPartitions // => 4
 */
export class HashPartitioner extends Partitioner {
  constructor(numPartitions: number) {
    super(hashSpec(numPartitions))
  }

  getPartition(key: unknown): number {
    return hashPartition(key, this.numPartitions)
  }
}
