import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import type { DriverOperation } from '../plan/operation.ts'
import { sameSlide } from './union.ts'

/**
 * What a driver function makes of the parents' RDDs, called live for each batch.
 * @throws DStreamError NO_STREAMS, DIFFERENT_SLIDES
 */
export function transform(
  make: MakeStream,
  operator: string,
  parents: readonly StreamNode[],
  f: DriverOperation['f'],
): StreamNode {
  sameSlide('transform', parents)
  return make({
    kind: 'transformed',
    operator,
    parents,
    slideMs: parents[0]!.slideMs,
    operation: { kind: 'driver', f },
    absent: 'transform-fails',
  })
}
