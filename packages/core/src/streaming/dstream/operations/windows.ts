import { builtin } from '../../../closures/index.ts'
import type { RddContext } from '../../../rdd/context.ts'
import { RDD } from '../../../rdd/rdd.ts'
import { partitionBy } from '../../../rdd/operators/partition-by.ts'
import { union } from '../../../rdd/operators/union.ts'
import { filter } from '../../../rdd/operators/filter.ts'
import type { ReducedWindowNode, WindowNode } from '../plan/node.ts'
import { makerFor } from './apply.ts'

/** The RDD of a window: the union of the parent's RDDs in it. */
export function unionAll(context: RddContext, stream: WindowNode, rdds: readonly RDD<unknown>[]): RDD<unknown> {
  const nodes = rdds.map(rdd => rdd.node)
  return new RDD<unknown>(context, union(makerFor(context, stream), nodes))
}

/**
 * The RDD of an incremental window, from the result one slide before and the per-batch results that leave and come.
 *
 * All of them are spread by the stream's partitioner, so this is one step over partitions that lie side by side.
 */
export function reduceWindow(
  context: RddContext,
  stream: ReducedWindowNode,
  previous: RDD<unknown> | undefined,
  leaving: readonly RDD<unknown>[],
  coming: readonly RDD<unknown>[],
): RDD<unknown> {
  const make = makerFor(context, stream)
  const { partitioner } = stream
  const parents = [...(previous === undefined ? [] : [previous]), ...leaving, ...coming]
  const spread = parents.map(rdd => partitionBy(make, rdd.node, partitioner))
  const reduced = make({
    kind: 'zip',
    operator: stream.operator,
    parents: spread,
    numPartitions: partitioner.numPartitions,
    partitioner,
    f: builtin('reduceWindow', [stream.merge, stream.subtract], [previous !== undefined, leaving.length]),
    inputs: Array.from({ length: partitioner.numPartitions }, (_, partition) => spread.map(() => partition)),
  })
  return new RDD<unknown>(context, stream.filter === undefined ? reduced : filter(make, reduced, stream.filter))
}
