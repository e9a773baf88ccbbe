import type { TaskFunction } from '../../../closures/closure.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { RddOperation } from './operation.ts'

/** What every node of a stream plan carries, whatever its kind. */
interface Common {
  /** Unique within its StreamingContext; parents have smaller ids than their children. */
  readonly id: number
  /** The operator that made it, as the user wrote it: `reduceByKey`. */
  readonly operator: string
  /** Where the user applied that operator: `file:line:column`. */
  readonly site: string
  readonly parents: readonly StreamNode[]
  /** The stream has an RDD at most every so often. */
  readonly slideMs: number
}

/** Where data enters: `compute(time)` of the input stream with this number gives the RDD of a batch. */
export interface InputNode extends Common {
  readonly kind: 'input'
  /** Input streams are numbered from 0, in the order in which they were made. */
  readonly inputId: number
}

/** The RDD of a batch is made of the parents' RDDs of the same batch. */
export interface TransformedNode extends Common {
  readonly kind: 'transformed'
  readonly operation: RddOperation
  /** What a parent without an RDD means: this stream has none either (`map`), or the batch cannot be made (`union`, `transform`). */
  readonly absent: 'none' | 'unify-fails' | 'transform-fails'
}

/** The RDD at time t is the union of the parent's RDDs in `(t - windowMs, t]`. */
export interface WindowNode extends Common {
  readonly kind: 'window'
  readonly windowMs: number
}

/**
 * Like a window that is then reduced by key, but made of the result one slide before: values that left are taken out with
 * `subtract`, values that came are merged in. The parent is the stream reduced by key, batch by batch.
 */
export interface ReducedWindowNode extends Common {
  readonly kind: 'reducedWindow'
  readonly windowMs: number
  readonly merge: TaskFunction
  readonly subtract: TaskFunction
  /** Pairs for which it is false are dropped from the result, and so from the next one. */
  readonly filter?: TaskFunction
  readonly partitioner: PartitionerSpec
}

/** The form of a stream's states, counted up by the program when it changes. */
export interface StateForm {
  /** From 1 on; states that were saved without one have version 0. */
  readonly version: number
  /** f(key, state, version) → state of this form, `undefined` to drop the key: for states that were saved in an earlier one. */
  readonly migrate?: TaskFunction
}

/**
 * Keyed state: the RDD at time t is the state one slide before, changed by the parent's pairs of time t.
 *
 * Without pairs and without a state before, `everyKey` and `whole` have no RDD; `touchedKeys` begins all the same.
 */
export interface StateStreamNode extends Common {
  readonly kind: 'state'
  readonly update: { readonly mode: 'everyKey' | 'whole' | 'touchedKeys'; readonly f: TaskFunction }
  readonly partitioner: PartitionerSpec
  /** The pairs [key, state] that the first version begins with. */
  readonly initial?: RddNode
  /** Keys without data for longer than this are over; they are looked for when the stream is checkpointed. */
  readonly timeoutMs?: number
  /** The function may change keys, so the result is spread anew before the next step. */
  readonly movesKeys?: true
  /** Where the program says one. */
  readonly form?: StateForm
}

/**
 * The plan of a stream: a closed set of kinds. Every operator is made of these; the batch planner, checkpoints and the UI are readers of
 * it. Nodes are immutable. What the user sets later (storage level, checkpoint interval) is kept beside them, by id (see settings.ts).
 */
export type StreamNode = InputNode | TransformedNode | WindowNode | ReducedWindowNode | StateStreamNode

/** A node before the graph has given it an id and its call site. */
export type NewStreamNode = DistributiveOmit<StreamNode, 'id' | 'site'>
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** The nodes that `root` is made of, each once, parents before children, `root` last. A loop: a program may chain thousands of operators. */
export const streamParentsFirst = (root: StreamNode): StreamNode[] => reach(root, () => true)

/** Those of them whose RDD at a time the RDD of `root` at that time is directly made of: windows look at their parents themselves. */
export const sameTimeParentsFirst = (root: StreamNode): StreamNode[] => reach(root, node => !('windowMs' in node))

function reach(root: StreamNode, goesOn: (node: StreamNode) => boolean): StreamNode[] {
  const found = new Map<number, StreamNode>()
  const pending = [root]
  while (pending.length > 0) {
    const node = pending.pop()!
    if (found.has(node.id)) continue
    found.set(node.id, node)
    if (goesOn(node)) for (const parent of node.parents) pending.push(parent)
  }
  return [...found.values()].sort((a, b) => a.id - b.id)
}
