import type { TaskFunction } from '../../../closures/closure.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { reduceByKey } from './reduce-by-key.ts'
import { wholeSlides } from './window.ts'

/** The functions and lengths of an incremental window. */
export interface ReducedWindow {
  readonly merge: TaskFunction
  readonly subtract: TaskFunction
  readonly filter?: TaskFunction
  readonly windowMs: number
  readonly slideMs: number
  readonly partitioner: PartitionerSpec
}

/**
 * The values of each key over a window, made of the result one slide before.
 * @throws DStreamError WINDOW_NOT_MULTIPLE_OF_SLIDE, SLIDE_NOT_MULTIPLE_OF_SLIDE
 */
export function reducedWindow(make: MakeStream, parent: StreamNode, window: ReducedWindow): StreamNode {
  const under = underName(make, 'reduceByKeyAndWindow')
  wholeSlides('ReducedWindowedDStream', parent, window.windowMs, window.slideMs)
  const perBatch = reduceByKey(under, parent, window.merge, window.partitioner)
  return under({ kind: 'reducedWindow', operator: 'reduceByKeyAndWindow', parents: [perBatch], ...window })
}
