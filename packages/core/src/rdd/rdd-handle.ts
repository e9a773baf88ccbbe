import { capture, type Closure } from '../closures/index.ts'
import type { Dataset, MakeNode, RddContext } from './context.ts'
import { defaultPartitioner, partitionerOr } from './partitioners/default-partitioner.ts'
import { hashSpec } from './partitioners/hash-partitioner.ts'
import type { Partitioning } from './partitioners/partitioner.ts'
import type { RddNode } from './plan/node.ts'
import type { PartitionerSpec } from './plan/partitioner-spec.ts'
import type { RDD } from './rdd.ts'

/** What the pages of an RDD's methods share: the plan node, its context, and how a new handle is made. */
export abstract class RddHandle implements Dataset {
  readonly context: RddContext
  readonly node: RddNode

  constructor(context: RddContext, node: RddNode) {
    this.context = context
    this.node = node
  }

  protected readonly make: MakeNode = node => this.context.newNode(node)

  protected abstract to<U>(node: RddNode): RDD<U>

  protected spread(partitioning: Partitioning | undefined, ...others: readonly Dataset[]): PartitionerSpec {
    return partitionerOr(partitioning, this.context, this.node, ...others.map(other => other.node))
  }

  /** The spread of whole records: what is known of the keys of pairs says nothing about them. */
  protected spreadByRecord(partitioning: Partitioning | undefined, other: Dataset): PartitionerSpec {
    if (partitioning !== undefined) return this.spread(partitioning)
    return hashSpec(defaultPartitioner(this.context, this.node, other.node).numPartitions)
  }
}

export const refusingAsync = (operator: string, f: (...args: never[]) => unknown): Closure =>
  capture(f, { operator, async: 'refused' })
export const allowingAsync = (operator: string, f: (...args: never[]) => unknown): Closure =>
  capture(f, { operator, async: 'allowed' })
