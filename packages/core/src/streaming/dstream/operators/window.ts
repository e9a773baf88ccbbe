import { notMultipleOfSlide } from '../../errors.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'

/**
 * All records of the last `windowMs`, every `slideMs`.
 * @throws DStreamError WINDOW_NOT_MULTIPLE_OF_SLIDE, SLIDE_NOT_MULTIPLE_OF_SLIDE
 */
export function window(make: MakeStream, parent: StreamNode, windowMs: number, slideMs: number): StreamNode {
  wholeSlides('windowed DStream', parent, windowMs, slideMs)
  return make({ kind: 'window', operator: 'window', parents: [parent], slideMs, windowMs })
}

/** Holds that window and slide are whole multiples, at least one, of the parent's slide. */
export function wholeSlides(stream: string, parent: StreamNode, windowMs: number, slideMs: number): void {
  if (windowMs <= 0 || windowMs % parent.slideMs !== 0) {
    throw notMultipleOfSlide('window', stream, windowMs, parent.slideMs)
  }
  if (slideMs <= 0 || slideMs % parent.slideMs !== 0) {
    throw notMultipleOfSlide('slide', stream, slideMs, parent.slideMs)
  }
}
