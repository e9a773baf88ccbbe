import { inspect } from 'node:util'
import { compareKeys } from '../../codec/index.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { PartitionerSpecOf } from '../plan/partitioner-spec.ts'
import { hashPartition } from './hash-partitioner.ts'

/** A partitioner ready to run in a task: from key to partition. `instantiate` makes a function of whatever stands for it in the spec. */
export function partitionOf<F>(
  spec: PartitionerSpecOf<F>,
  instantiate: (f: F) => (...args: unknown[]) => unknown,
): (key: unknown) => number {
  const { numPartitions } = spec
  switch (spec.kind) {
    case 'hash':
      return key => hashPartition(key, numPartitions)
    case 'range':
      return rangePartition(spec.bounds, spec.ascending)
    case 'custom': {
      const partition = instantiate(spec.partition)
      return key => inRange(partition(key), numPartitions, key)
    }
  }
}

function rangePartition(bounds: readonly unknown[] | undefined, ascending: boolean): (key: unknown) => number {
  if (bounds === undefined) {
    throw new DStreamError('RANGE_NOT_RESOLVED', 'A range partitioner reached a task before its bounds were known', {
      hint: 'Run jobs through the context, which samples the keys first (resolveRanges).',
    })
  }
  const sign = ascending ? 1 : -1
  return key => {
    let low = 0
    let high = bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(bounds[middle], key) * sign < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

function inRange(partition: unknown, numPartitions: number, key: unknown): number {
  if (Number.isInteger(partition) && (partition as number) >= 0 && (partition as number) < numPartitions)
    return partition as number
  throw new DStreamError(
    'PARTITION_OUT_OF_RANGE',
    `The partitioner gave ${inspect(partition, { depth: 0 })} for a key of type ${key === null ? 'null' : typeof key}; there are ${numPartitions} partitions`,
    { hint: `It must give a whole number from 0 to ${numPartitions - 1} for every key.` },
  )
}
