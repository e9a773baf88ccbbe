import type { TaskFunction } from '../../../closures/closure.ts'
import type { StreamNode, NewStreamNode } from '../plan/node.ts'
import type { OperationName } from '../plan/operation.ts'

/** What differs from the usual: no functions, no data, and no RDD where a parent has none. */
interface Particulars {
  readonly functions?: readonly TaskFunction[]
  readonly data?: readonly unknown[]
  readonly absent?: 'none' | 'unify-fails' | 'transform-fails'
}

/** A stream that is one of our own RDD operations, batch by batch. */
export const named = (
  name: OperationName,
  parents: readonly StreamNode[],
  { functions = [], data = [], absent = 'none' }: Particulars = {},
): NewStreamNode => ({
  kind: 'transformed',
  operator: name,
  parents,
  slideMs: parents[0]!.slideMs,
  operation: { kind: 'named', name, functions, data },
  absent,
})
