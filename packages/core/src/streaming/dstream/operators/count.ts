import { builtin } from '../../../closures/index.ts'
import { encodeRecords } from '../../../codec/index.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { SourceSpec } from '../../../rdd/plan/source-spec.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { mapPartitions } from './map-partitions.ts'
import { named } from './named.ts'
import { reduceByKey } from './reduce-by-key.ts'

/** One number for each batch: how many records it has; 0 for an empty one. */
export function count(make: MakeStream, parent: StreamNode, partitioner: PartitionerSpec): StreamNode {
  const under = underName(make, 'count')
  const counts = mapPartitions(under, parent, builtin('countSome'), false)
  const keyed = under(named('map', [counts], { functions: [builtin('underZero')] }))
  // A zero of its own, so that an empty batch has a count; with it a batch without an RDD cannot be counted, as in Spark.
  const zero: SourceSpec = { kind: 'values', partitions: [encodeRecords([[0, 0]])] }
  const withZero = under(named('append', [keyed], { data: [zero], absent: 'transform-fails' }))
  return under(named('values', [reduceByKey(under, withZero, builtin('add'), partitioner)]))
}
