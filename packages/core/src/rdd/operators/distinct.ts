import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import { hashSpec } from '../partitioners/hash-partitioner.ts'
import type { RddNode } from '../plan/node.ts'
import { keys } from './keys.ts'
import { map } from './map.ts'
import { mapPartitions } from './map-partitions.ts'
import { reduceByKey } from './reduce-by-key.ts'

/** Each record once, equal ones by content. Pairs that are spread by key stay where they are. */
export function distinct(make: MakeNode, parent: RddNode, numPartitions: number): RddNode {
  const named = under(make, 'distinct')
  if (parent.partitioner !== undefined && numPartitions === parent.numPartitions) {
    return mapPartitions(named, parent, builtin('distinctRecords'), { preservesPartitioning: true })
  }
  const paired = map(named, parent, builtin('pairWithNull'))
  return keys(named, reduceByKey(named, paired, builtin('keepFirst'), hashSpec(numPartitions)))
}
