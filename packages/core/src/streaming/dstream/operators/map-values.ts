import type { Closure } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Changes the value of each pair; keys stay where they are. */
export const mapValues = (make: MakeStream, parent: StreamNode, f: Closure): StreamNode =>
  make(named('mapValues', [parent], { functions: [f] }))
