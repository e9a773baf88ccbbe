import type { TaskFunction } from '../../../closures/closure.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { reduceByKey } from './reduce-by-key.ts'
import { window } from './window.ts'

/** The values of each key over a window merged into one: each batch first, then the batches of the window. */
export function reduceByKeyAndWindow(
  make: MakeStream,
  parent: StreamNode,
  merge: TaskFunction,
  lengths: { readonly windowMs: number; readonly slideMs: number },
  partitioner: PartitionerSpec,
): StreamNode {
  const under = underName(make, 'reduceByKeyAndWindow')
  const perBatch = reduceByKey(under, parent, merge, partitioner)
  return reduceByKey(under, window(under, perBatch, lengths.windowMs, lengths.slideMs), merge, partitioner)
}
