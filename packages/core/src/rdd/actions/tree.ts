import { builtin, capture } from '../../closures/index.ts'
import { freshZero, packed } from '../builtins/fresh-zero.ts'
import { under, type Dataset, type JobRunner, type MakeNode } from '../context.ts'
import { mapPartitions } from '../operators/map-partitions.ts'
import { values } from '../operators/values.ts'
import type { RddNode } from '../plan/node.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import { emptyCollection } from './empty-collection.ts'
import { merging } from './merging.ts'
import { joined, perPartition } from './per-partition.ts'

type Merge<T> = (a: T, b: T) => T

/** As reduce, with few results left for the driver. */
export const treeReduce = <T>(rdd: Dataset, f: Merge<T>, depth: number): Promise<T> =>
  rdd.context.act('treeReduce', async jobs => {
    const closure = capture(f, { operator: 'treeReduce', async: 'refused' })
    const make = under(node => rdd.context.newNode(node), 'treeReduce')
    const merged = mapPartitions(make, rdd.node, builtin('reducePartition', [closure]))
    const left = await shrunk<T>(jobs, { ...rdd, node: merged, make, combine: closure, depth })
    if (left.length === 0) throw emptyCollection()
    return merging('treeReduce', closure.site, () => left.reduce(f))
  })

/** As aggregate, with few results left for the driver. */
export const treeAggregate = <T, U>(
  rdd: Dataset,
  zero: U,
  { seqOp, combOp }: { seqOp: (merged: U, record: T) => U; combOp: Merge<U> },
  depth: number,
): Promise<U> =>
  rdd.context.act('treeAggregate', async jobs => {
    const add = capture(seqOp, { operator: 'treeAggregate', async: 'refused' })
    const combine = capture(combOp, { operator: 'treeAggregate', async: 'refused' })
    const make = under(node => rdd.context.newNode(node), 'treeAggregate')
    const text = packed(zero)
    const merged = mapPartitions(make, rdd.node, builtin('aggregateToOne', [add], [text]))
    const left = await shrunk<U>(jobs, { ...rdd, node: merged, make, combine, depth })
    return merging('treeAggregate', combine.site, () => left.reduce(combOp, freshZero(text)() as U))
  })

interface Tree extends Dataset {
  readonly make: MakeNode
  readonly combine: TaskFunction
  readonly depth: number
}

/** Merges neighbouring results through shuffles, until going on would not make the driver's part smaller. */
function shrunk<T>(jobs: JobRunner, { context, node, make, combine, depth }: Tree): Promise<T[]> {
  const scale = Math.max(Math.ceil(node.numPartitions ** (1 / Math.max(depth, 1))), 2)
  let left: RddNode = node
  while (left.numPartitions > scale + Math.ceil(left.numPartitions / scale)) {
    const numPartitions = Math.floor(left.numPartitions / scale)
    left = values(make, gathered(make, left, combine, numPartitions))
  }
  return perPartition<T[]>(jobs, { context, node: left }, { kind: 'collect' }).then(joined)
}

function gathered(make: MakeNode, node: RddNode, combine: TaskFunction, numPartitions: number): RddNode {
  const partition = builtin('positionMod', [], [numPartitions])
  return make({
    kind: 'shuffle',
    operator: 'tree',
    parents: [mapPartitions(make, node, builtin('tagByPartition', [], [numPartitions]))],
    numPartitions,
    partitioner: { kind: 'custom', numPartitions, partition },
    aggregate: { create: builtin('identity'), mergeValue: combine, mergeCombiners: combine, mapSideCombine: true },
  })
}
