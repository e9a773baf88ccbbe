import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'
import { sameSlide } from './union.ts'

/** The ways in which two streams of pairs are put together key by key. */
export type Joining = 'cogroup' | 'join' | 'leftOuterJoin' | 'rightOuterJoin' | 'fullOuterJoin'

/**
 * Two streams of pairs put together by key, batch by batch.
 * @throws DStreamError DIFFERENT_SLIDES
 */
export function joined(
  make: MakeStream,
  how: Joining,
  left: StreamNode,
  right: StreamNode,
  partitioner: PartitionerSpec,
): StreamNode {
  sameSlide('transform', [left, right])
  return make(named(how, [left, right], { data: [partitioner], absent: 'transform-fails' }))
}
