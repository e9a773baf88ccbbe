import type { MakeNode, RddContext } from '../../../rdd/context.ts'
import { RDD } from '../../../rdd/rdd.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import { Time } from '../../../time/index.ts'
import { transformGaveNone } from '../../errors.ts'
import type { StreamNode, TransformedNode } from '../plan/node.ts'
import { namedOperations } from './named.ts'

/** Gives RDD nodes of a batch the operator and call site of the stream they belong to: nothing is looked up per batch. */
export const makerFor =
  (context: RddContext, stream: StreamNode): MakeNode =>
  node =>
    context.newNode(node, stream.site)

/**
 * The RDD of a transformed stream, from its parents' RDDs of the same batch.
 * @throws DStreamError TRANSFORM_WITHOUT_RDD when the user's function gave no RDD; and whatever that function throws
 */
export function applyOperation(
  context: RddContext,
  stream: TransformedNode,
  rdds: readonly RDD<unknown>[],
  timeMs: number,
): RDD<unknown> {
  const { operation } = stream
  if (operation.kind === 'named') {
    const parents: RddNode[] = rdds.map(rdd => rdd.node)
    return new RDD<unknown>(context, namedOperations[operation.name](makerFor(context, stream), parents, operation))
  }
  const rdd: unknown = operation.f(rdds, new Time(timeMs))
  if (rdd instanceof RDD) return rdd as RDD<unknown>
  throw transformGaveNone(stream.operator, rdd)
}
