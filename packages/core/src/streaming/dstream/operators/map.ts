import type { Closure } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** One record for each record. */
export const map = (make: MakeStream, parent: StreamNode, f: Closure): StreamNode =>
  make(named('map', [parent], { functions: [f] }))
