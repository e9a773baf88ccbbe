import type { TaskFunction } from '../../../closures/closure.ts'
import { underName, type MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'
import { reduce, underZero } from './reduce.ts'
import { reducedWindow } from './reduced-window.ts'
import { window } from './window.ts'

interface Lengths {
  readonly windowMs: number
  readonly slideMs: number
}

/** All records of a window merged into one: each batch first, then the batches of the window. */
export function reduceByWindow(
  make: MakeStream,
  parent: StreamNode,
  merge: TaskFunction,
  lengths: Lengths,
): StreamNode {
  const under = underName(make, 'reduceByWindow')
  return reduce(under, window(under, reduce(under, parent, merge), lengths.windowMs, lengths.slideMs), merge)
}

/** The same, made of the result one slide before. */
export function reduceByWindowIncrementally(
  make: MakeStream,
  parent: StreamNode,
  functions: { readonly merge: TaskFunction; readonly subtract: TaskFunction },
  lengths: Lengths,
): StreamNode {
  const under = underName(make, 'reduceByWindow')
  const partitioner = { kind: 'hash', numPartitions: 1 } as const
  const reduced = reducedWindow(under, underZero(under, parent), { ...functions, ...lengths, partitioner })
  return under(named('values', [reduced]))
}
