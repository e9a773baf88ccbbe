import type { TaskFunction } from '../../closures/closure.ts'
import type { PartitionerSpec } from './partitioner-spec.ts'
import type { SourceSpec } from './source-spec.ts'

/** What every node of an RDD plan carries, whatever its kind. */
interface Common {
  /** Unique within its context; parents have smaller ids than their children. */
  readonly id: number
  /** The operator that made it, as the user wrote it: `reduceByKey`. */
  readonly operator: string
  /** Where the user applied that operator: `file:line`. */
  readonly site: string
  readonly parents: readonly RddNode[]
  readonly numPartitions: number
  /** How the pairs of this node are known to be spread, where that is known. */
  readonly partitioner?: PartitionerSpec
}

/** Records that come from outside: values of the driver, received blocks, files. */
export interface SourceNode extends Common {
  readonly kind: 'source'
  readonly source: SourceSpec
}

/** One step over the records of each partition of one parent; partition i is made of the parent's partition i. */
export interface NarrowNode extends Common {
  readonly kind: 'narrow'
  readonly step: Step
}

/**
 * What a narrow node does with the records of a partition.
 *
 * - `map` f(record), `filter` f(record) → boolean, `flatMap` f(record) → iterable;
 * - `mapPartitions` f(iterator, partitionIndex) → iterable, or a promise of one, or an async iterable when `async`.
 */
export interface Step {
  readonly op: 'map' | 'filter' | 'flatMap' | 'mapPartitions'
  readonly f: TaskFunction
  /** The function may return a promise (or async iterable), which the task awaits. Else a promise is an error. */
  readonly async?: boolean
}

/** Partitions put one behind the other: output partition i is the concatenation of `inputs[i]`. Union, coalesce, pruning. */
export interface ConcatNode extends Common {
  readonly kind: 'concat'
  readonly inputs: readonly (readonly PartitionRef[])[]
}

/** One partition of one parent: `parent` indexes `parents`. */
export interface PartitionRef {
  readonly parent: number
  readonly partition: number
}

/**
 * Partitions side by side: output partition i is `f([iterator of each parent's partition], i)`, with partition `inputs[i][p]` of parent p.
 * zipPartitions, cogroup of co-partitioned parents, cartesian.
 */
export interface ZipNode extends Common {
  readonly kind: 'zip'
  readonly f: TaskFunction
  readonly inputs: readonly (readonly number[])[]
}

/** Pairs `[key, value]` of one parent, spread anew by key; where `aggregate` is given, values of equal keys are merged into one. */
export interface ShuffleNode extends Common {
  readonly kind: 'shuffle'
  readonly partitioner: PartitionerSpec
  readonly aggregate?: Aggregate
  /** Sort each output partition by key, in the natural order of keys. */
  readonly order?: 'ascending' | 'descending'
}

/** combineByKey's three functions. Without `mapSideCombine` every record crosses the shuffle. */
export interface Aggregate {
  readonly create: TaskFunction
  readonly mergeValue: TaskFunction
  readonly mergeCombiners: TaskFunction
  readonly mapSideCombine: boolean
}

/**
 * One version of keyed state: the state of the batch before, changed by the pairs of this one. Its records are pairs `[key, state]`, of
 * every key that has a state.
 *
 * `parents[0]` are the pairs of this batch, spread by `partitioner`. `parents[1]`, where there is one, is where the state before comes from if an engine no longer
 * has it: the version before, or what was saved of it, or the initial state.
 */
export interface StateNode extends Common {
  readonly kind: 'state'
  readonly partitioner: PartitionerSpec
  readonly batchTimeMs: number
  readonly update: StateUpdate
  /** The node of the version before; engines that still hold that version go on from it. */
  readonly previousVersion?: number
  /** What the records of `parents[1]` are, unless it is the version before: `pairs` [key, state], or `timed` [key, state, updatedMs]. */
  readonly seed?: 'pairs' | 'timed'
  /** This version is due to be saved, maybe only when later ones have been made of it: engines see to it that it can be, as it is (`holdForSave`). */
  readonly toBeSaved?: true
}

/**
 * How a batch changes keyed state.
 *
 * - `everyKey`: f(batchTimeMs, key, values, state | undefined) → state, `undefined` to drop the key; for every key that has a state or a value;
 * - `whole`: f(batchTimeMs, iterable of [key, values, state | undefined]) → iterable of [key, state]; once for each partition;
 * - `touchedKeys`: f(batchTimeMs, key, value, State) → what is mapped, `undefined` for nothing; for each value, and with value `undefined` for keys whose time is over.
 */
export type StateUpdate =
  | { readonly mode: 'everyKey' | 'whole'; readonly f: TaskFunction }
  | {
      readonly mode: 'touchedKeys'
      readonly f: TaskFunction
      readonly timeout?: { readonly thresholdMs: number; readonly sweep: boolean }
    }

/** Another look at a state node: `mapped`, what its function returned; `timed`, triples [key, state, updatedMs], to be saved. */
export interface StateViewNode extends Common {
  readonly kind: 'stateView'
  readonly view: 'mapped' | 'timed'
}

/**
 * The plan of an RDD: a closed set of kinds. Every operator is made of these; an engine, `toDebugString`, a checkpoint
 * and the UI are readers of it. Nodes are immutable and shared; a plan is a graph without cycles, possibly very deep, so it is always
 * walked with a loop (see walk.ts).
 */
export type RddNode = SourceNode | NarrowNode | ConcatNode | ZipNode | ShuffleNode | StateNode | StateViewNode

/** A node before the context has given it an id and its call site. */
export type NewNode = DistributiveOmit<RddNode, 'id' | 'site'>
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
