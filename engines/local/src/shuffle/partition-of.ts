import { compareKeys, keyHash } from '@dstream/core/engine'
import type { PartitionerBinding } from '../tasks/task-spec.ts'

type AnyFunction = (...args: unknown[]) => unknown

/** The function from a key to its partition. */
export function partitionOf(
  partitioner: PartitionerBinding,
  functionOf: (number: number) => AnyFunction,
): (key: unknown) => number {
  const n = partitioner.numPartitions
  switch (partitioner.kind) {
    case 'hash':
      return n === 1 ? () => 0 : key => (keyHash(key) & 0x7fffffff) % n
    case 'range':
      return key => boundsBefore(key, partitioner.bounds, partitioner.ascending)
    case 'custom': {
      const partition = functionOf(partitioner.partition)
      return key => checked(partition(key), n, key)
    }
  }
}

/** How many of the bounds, which are in the order of the sort, come before the key. */
function boundsBefore(key: unknown, bounds: readonly unknown[], ascending: boolean): number {
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compareKeys(bounds[middle], key)
    if (ascending ? order < 0 : order > 0) low = middle + 1
    else high = middle
  }
  return low
}

function checked(partition: unknown, numPartitions: number, key: unknown): number {
  if (Number.isInteger(partition) && (partition as number) >= 0 && (partition as number) < numPartitions)
    return partition as number
  throw new RangeError(
    `The partitioner gave ${String(partition)} for the key ${String(key)}; it must give an integer from 0 to ${numPartitions - 1}`,
  )
}
