import { builtin } from '../../../closures/index.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { withOne } from './count-by-value.ts'
import { mapPartitions } from './map-partitions.ts'
import { reduceByWindowIncrementally } from './reduce-by-window.ts'
import { reducedWindow } from './reduced-window.ts'

interface Lengths {
  readonly windowMs: number
  readonly slideMs: number
}

const addAndSubtract = { merge: builtin('add'), subtract: builtin('subtract') }

/** How many records a window has. */
export function countByWindow(make: MakeStream, parent: StreamNode, lengths: Lengths): StreamNode {
  const under = underName(make, 'countByWindow')
  const counts = mapPartitions(under, parent, builtin('countSome'), false)
  return reduceByWindowIncrementally(under, counts, addAndSubtract, lengths)
}

/** For each distinct record of a window, how often it occurs. */
export function countByValueAndWindow(
  make: MakeStream,
  parent: StreamNode,
  lengths: Lengths,
  partitioner: PartitionerSpec,
): StreamNode {
  const under = underName(make, 'countByValueAndWindow')
  const filter = builtin('valueNotZero')
  return reducedWindow(under, withOne(under, parent), { ...addAndSubtract, filter, ...lengths, partitioner })
}
