import type { TaskFunction } from '../../../closures/closure.ts'
import type { MakeNode } from '../../../rdd/context.ts'
import * as rdd from '../../../rdd/operators/index.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { SourceSpec } from '../../../rdd/plan/source-spec.ts'
import type { NamedOperation, OperationName } from '../plan/operation.ts'

/** An RDD operation by name: from the parents' nodes of one batch to the node of the stream. */
type Operation = (make: MakeNode, parents: readonly RddNode[], operation: NamedOperation) => RddNode

const f = ({ functions }: NamedOperation): TaskFunction => functions[0]!
const one = (parents: readonly RddNode[]): RddNode => parents[0]!
const two = (parents: readonly RddNode[]): RddNode => parents[1]!
const spec = ({ data }: NamedOperation): PartitionerSpec => data[0] as PartitionerSpec

/**
 * What the operations that a stream's plan names do.
 *
 * `functions` and `data` of each are said by the operator that makes it, in dstream/operators.
 */
export const namedOperations: Readonly<Record<OperationName, Operation>> = {
  map: (make, parents, op) => rdd.map(make, one(parents), f(op)),
  flatMap: (make, parents, op) => rdd.flatMap(make, one(parents), f(op)),
  filter: (make, parents, op) => rdd.filter(make, one(parents), f(op)),
  mapPartitions: (make, parents, op) =>
    rdd.mapPartitions(make, one(parents), f(op), { preservesPartitioning: op.data[0] === true }),
  mapPartitionsWithIndex: (make, parents, op) =>
    rdd.mapPartitionsWithIndex(make, one(parents), f(op), { preservesPartitioning: op.data[0] === true }),
  mapAsync: (make, parents, op) =>
    rdd.mapAsync(make, one(parents), f(op), { concurrency: op.data[0] as number, ordered: op.data[1] === true }),
  glom: (make, parents) => rdd.glom(make, one(parents)),
  repartition: (make, parents, op) => rdd.repartition(make, one(parents), op.data[0] as number),
  union: (make, parents) => rdd.union(make, parents),
  /** The parent's records and one more, the datum, in a partition of its own at the end. Its source is part of the plan. */
  append: (make, parents, op) => {
    const source = op.data[0] as SourceSpec
    return rdd.union(make, [
      one(parents),
      make({ kind: 'source', operator: 'append', parents: [], numPartitions: 1, source }),
    ])
  },
  values: (make, parents) => rdd.values(make, one(parents)),
  mapValues: (make, parents, op) => rdd.mapValues(make, one(parents), f(op)),
  flatMapValues: (make, parents, op) => rdd.flatMapValues(make, one(parents), f(op)),
  partitionBy: (make, parents, op) => rdd.partitionBy(make, one(parents), spec(op)),
  reduceByKey: (make, parents, op) => rdd.reduceByKey(make, one(parents), f(op), spec(op)),
  groupByKey: (make, parents, op) => rdd.groupByKey(make, one(parents), spec(op)),
  combineByKey: (make, parents, op) => {
    const [create, mergeValue, mergeCombiners] = op.functions
    const aggregate = { create: create!, mergeValue: mergeValue!, mergeCombiners: mergeCombiners! }
    return rdd.combineByKey(make, one(parents), { ...aggregate, mapSideCombine: op.data[1] === true }, spec(op))
  },
  cogroup: (make, parents, op) => rdd.cogroup(make, parents, spec(op)),
  join: (make, parents, op) => rdd.join(make, one(parents), two(parents), spec(op)),
  leftOuterJoin: (make, parents, op) => rdd.leftOuterJoin(make, one(parents), two(parents), spec(op)),
  rightOuterJoin: (make, parents, op) => rdd.rightOuterJoin(make, one(parents), two(parents), spec(op)),
  fullOuterJoin: (make, parents, op) => rdd.fullOuterJoin(make, one(parents), two(parents), spec(op)),
  /** What the function of mapWithState returned in this batch. */
  stateMapped: (make, parents) =>
    make({
      kind: 'stateView',
      operator: 'mapWithState',
      parents: [one(parents)],
      numPartitions: one(parents).numPartitions,
      view: 'mapped',
    }),
  /** The pairs of the state: the parent as it is. */
  stateSnapshots: (_, parents) => one(parents),
}
