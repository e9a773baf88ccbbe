import type { Closure } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Zero or more records for each record. */
export const flatMap = (make: MakeStream, parent: StreamNode, f: Closure): StreamNode =>
  make(named('flatMap', [parent], { functions: [f] }))
