import { builtin } from '../../../closures/index.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { combineByKey } from './combine-by-key.ts'
import { groupByKey } from './group-by-key.ts'
import { window } from './window.ts'

/** The values of each key over a window: each batch grouped first, then the groups put behind each other. */
export function groupByKeyAndWindow(
  make: MakeStream,
  parent: StreamNode,
  lengths: { readonly windowMs: number; readonly slideMs: number },
  partitioner: PartitionerSpec,
): StreamNode {
  const under = underName(make, 'groupByKeyAndWindow')
  const windowed = window(under, groupByKey(under, parent, partitioner), lengths.windowMs, lengths.slideMs)
  const concat = builtin('concatLists')
  return combineByKey(
    under,
    windowed,
    { create: builtin('copyOfList'), mergeValue: concat, mergeCombiners: concat, mapSideCombine: false },
    partitioner,
  )
}
