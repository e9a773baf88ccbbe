import type { Closure } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** A pair for each value that `f` makes of a pair's value; keys stay where they are. */
export const flatMapValues = (make: MakeStream, parent: StreamNode, f: Closure): StreamNode =>
  make(named('flatMapValues', [parent], { functions: [f] }))
