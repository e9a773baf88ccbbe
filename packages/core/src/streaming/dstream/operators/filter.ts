import type { Closure } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** The records for which the predicate holds. */
export const filter = (make: MakeStream, parent: StreamNode, f: Closure): StreamNode =>
  make(named('filter', [parent], { functions: [f] }))
