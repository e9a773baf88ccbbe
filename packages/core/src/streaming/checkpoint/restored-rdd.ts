import type { MakeNode, RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import { savedSource } from '../../rdd/saved/saved-records.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import { restoredState } from '../state/restored-state.ts'
import type { SavedTimeContent } from './schema/index.ts'

/** The RDD of a stream, made of what an earlier run has saved of it. */
export function restoredRdd(context: RddContext, stream: StreamNode, saved: SavedTimeContent): RddNode {
  const { directory, bases, numPartitions, partitioner } = saved
  const source = { kind: 'values', partitions: [] } as const
  const shell = { kind: 'source', operator: 'checkpoint', parents: [], numPartitions: 0, source } as const
  const make: MakeNode = node => context.newNode(node, 'checkpoint')
  const place = make(shell)
  // The bounds of a range belong to a sample of the run before.
  const spread = partitioner === undefined || partitioner.kind === 'range' ? {} : { partitioner }
  return restoredState(
    make,
    savedSource(place, { ...place, numPartitions, ...spread }, directory, bases),
    stream,
    saved,
  )
}
