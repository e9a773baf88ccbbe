import { builtin } from '../../../closures/index.ts'
import type { TaskFunction } from '../../../closures/closure.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'
import { reduceByKey } from './reduce-by-key.ts'

/** All records of a batch merged into one; none for an empty batch. */
export function reduce(make: MakeStream, parent: StreamNode, merge: TaskFunction): StreamNode {
  const under = underName(make, 'reduce')
  const reduced = reduceByKey(under, underZero(under, parent), merge, { kind: 'hash', numPartitions: 1 })
  return under(named('values', [reduced]))
}

/** Each record as the value of one key. */
export const underZero = (make: MakeStream, parent: StreamNode): StreamNode =>
  make(named('map', [parent], { functions: [builtin('underZero')] }))
