import type { Closure, TaskFunction } from '../../../closures/index.ts'
import type { RddNode } from '../../../rdd/plan/node.ts'
import type { PartitionerSpec } from '../../../rdd/plan/partitioner-spec.ts'
import type { StateForm, TransformedNode } from '../../dstream/plan/node.ts'
import type { NamedOperation } from '../../dstream/plan/operation.ts'

/** The version of the schema that this program writes; it reads no other. */
export const checkpointVersion = 1

/**
 * What a checkpoint says: everything that a program needs to go on where another one ended. Plain data; docs/formats.md describes how it is
 * written down. Times are epoch milliseconds.
 */
export interface CheckpointContent {
  readonly version: typeof checkpointVersion
  readonly application: ApplicationContent
  /** Whether the program can go on without its factory, and why not: one line for each function that could not be captured. */
  readonly problems: readonly string[]
  readonly graph: GraphContent
  readonly progress: ProgressContent
}

export interface ApplicationContent {
  readonly name: string
  readonly master: string
  readonly id: string
  /** What stays the same from the first start on, through all restarts: outputs are recognised by it. */
  readonly uid?: string
  /** Keys and values, secrets left out. It is not used where the new process says something else. */
  readonly configuration: readonly (readonly [string, string])[]
}

/** The plan of all streams: what does not change while the program runs. */
export interface GraphContent {
  readonly batchMs: number
  readonly rememberMs?: number
  /** By their numbers. */
  readonly inputs: readonly InputContent[]
  /** Parents first. */
  readonly nodes: readonly StreamContent[]
  /** In the order in which they were registered. */
  readonly outputs: readonly OutputContent[]
  /** What functions of the plan hold of broadcast variables. */
  readonly broadcasts?: readonly BroadcastContent[]
}

/** A broadcast variable: what functions know it by, and its value as an encoded record. */
export interface BroadcastContent {
  readonly key: string
  readonly bytes: Uint8Array
}

/** An input stream: its node, and what it takes to make it again. */
export interface InputContent {
  /** The id of its node. */
  readonly node: number
  readonly name: string
  readonly source: InputSourceContent
}

export type InputSourceContent =
  | {
      readonly kind: 'files'
      readonly directory: string
      readonly ignoreUpToMs: number
      /** Undefined: every name that does not begin with a dot. */
      readonly filter?: Closure
      /** Undefined: lines of text. */
      readonly read?: TaskFunction
      /** Gives the options of the stream, where files are read in a format. */
      readonly format?: Closure
    }
  | {
      readonly kind: 'receiver'
      readonly receiver: string
      readonly level: string
      readonly thread: 'own' | 'main'
      /** Makes the receiver, where it runs. */
      readonly make: TaskFunction
    }
  | { readonly kind: 'constant'; readonly rdd: RddContent }
  /** An input stream of one's own: the instance, but for the context it lives in. */
  | { readonly kind: 'custom'; readonly instance: Closure }
  /** It cannot be made again; `problems` say why. */
  | { readonly kind: 'none' }
  /** queueStream cannot be recovered at all. */
  | { readonly kind: 'queue' }

/** A node of a stream's plan, with what the user has set on it. */
export interface StreamContent {
  readonly id: number
  /** What it is recognised by in a changed program (see stream-keys.ts). */
  readonly key: string
  /** The key was given with `.uid(…)`. */
  readonly explicit: boolean
  readonly operator: string
  readonly site: string
  readonly parents: readonly number[]
  readonly slideMs: number
  /** The name of its storage level. */
  readonly level?: string
  readonly checkpointMs?: number
  readonly detail: StreamDetail
}

export type StreamDetail =
  | { readonly kind: 'input'; readonly inputId: number }
  | {
      readonly kind: 'transformed'
      readonly operation: NamedOperation | { readonly kind: 'driver'; readonly f?: Closure }
      readonly absent: TransformedNode['absent']
    }
  | { readonly kind: 'window'; readonly windowMs: number }
  | {
      readonly kind: 'reducedWindow'
      readonly windowMs: number
      readonly merge: TaskFunction
      readonly subtract: TaskFunction
      readonly filter?: TaskFunction
      readonly partitioner: PartitionerSpec
    }
  | {
      readonly kind: 'state'
      readonly update: { readonly mode: 'everyKey' | 'whole' | 'touchedKeys'; readonly f: TaskFunction }
      readonly partitioner: PartitionerSpec
      readonly initial?: RddContent
      readonly timeoutMs?: number
      readonly movesKeys?: true
      readonly form?: StateForm
    }

/** The plan of a dataset: its nodes, parents first, parents by id; the last one is the dataset. */
export type RddContent = readonly (Omit<RddNode, 'parents'> & { readonly parents: readonly number[] })[]

/** An output operation. */
export interface OutputContent {
  readonly operator: string
  readonly site: string
  /** The id of the stream that is put out. */
  readonly stream: number
  readonly action: OutputAction
}

/** What is done with each batch: one of this project's own operations by name, or the user's function where it could be captured. */
export type OutputAction =
  | { readonly kind: 'print'; readonly num: number }
  | { readonly kind: 'saveAsTextFiles' | 'saveAsObjectFiles'; readonly prefix: string; readonly suffix: string }
  | { readonly kind: 'driver'; readonly f?: Closure }
  | {
      readonly kind: 'partitions'
      readonly name: string
      readonly how: 'outputPartition' | 'commitPartition'
      readonly functions: readonly TaskFunction[]
    }

/** Where the program is: what changes from batch to batch. */
export interface ProgressContent {
  /** The batch time before the very first one. */
  readonly zeroMs: number
  /** The newest batch that was made. */
  readonly batchMs: number
  /** Batches that were made and had not ended, ascending. */
  readonly pending: readonly number[]
  readonly saved: readonly SavedStreamContent[]
  /** What input streams remember, by their numbers: each has a form of its own. */
  readonly inputs: readonly { readonly input: number; readonly memory: unknown }[]
  readonly accumulators: readonly AccumulatorContent[]
  /** Where blocks are written to a log: the driver's log up to now. */
  readonly log?: LogContent
}

/** The driver's log up to an event: the shortest list of events that leads to the same state, and the number of that event. */
export interface LogContent {
  readonly sequence: number
  readonly events: readonly unknown[]
}

/** What has been saved of a stream. */
export interface SavedStreamContent {
  /** The key of the stream. */
  readonly stream: string
  /** Nothing older was ever removed: the stream's past is whole. */
  readonly fromTheBeginning: boolean
  /** Oldest first. */
  readonly times: readonly SavedTimeContent[]
}

export interface SavedTimeContent {
  readonly timeMs: number
  readonly directory: string
  /** The directories that deltas in it go back to, the newest first. */
  readonly bases?: readonly string[]
  readonly numPartitions: number
  readonly partitioner?: PartitionerSpec
  /** Of keyed state: the version of its form, where the program says one. */
  readonly stateVersion?: number
  /** The records are triples [key, state, time of the last update in ms], not pairs. */
  readonly timed?: true
}

/** The value of an accumulator before the oldest batch that is run again. */
export interface AccumulatorContent {
  readonly name: string
  readonly className: string
  /** Its content as an encoded record. */
  readonly state: Uint8Array
}
