import type { Closure } from '../../../closures/closure.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** Each partition as a whole, with its number first: `f(partitionIndex, records)` gives the new records. */
export const mapPartitionsWithIndex = (
  make: MakeStream,
  parent: StreamNode,
  f: Closure,
  preservesPartitioning: boolean,
): StreamNode => make(named('mapPartitionsWithIndex', [parent], { functions: [f], data: [preservesPartitioning] }))
