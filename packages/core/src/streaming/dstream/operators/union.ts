import { differentSlides, noStreams } from '../../errors.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/**
 * The records of all parents.
 * @throws DStreamError NO_STREAMS, DIFFERENT_SLIDES
 */
export function union(make: MakeStream, parents: readonly StreamNode[]): StreamNode {
  sameSlide('union', parents)
  return make(named('union', parents, { absent: 'unify-fails' }))
}

/** Holds that streams can be put together batch by batch. */
export function sameSlide(operator: string, parents: readonly StreamNode[]): void {
  if (parents.length === 0) throw noStreams(operator)
  const slidesMs = parents.map(parent => parent.slideMs)
  if (slidesMs.some(ms => ms !== slidesMs[0])) throw differentSlides(slidesMs)
}
