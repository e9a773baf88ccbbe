import type { Import } from '../blocks/imports.ts'
import type {
  AccumulatorUpdate,
  Closure,
  EncryptionSettings,
  ErrorData,
  TaskFunction,
  TaskMetrics,
} from '@dstream/core/engine'
import type { FileRange, StoredBytes, TaskSpec } from '../tasks/task-spec.ts'

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly worker: number
  /** Modules the worker loads first: they register builtins and classes. */
  readonly preload: readonly string[]
  /** `fail` ends the task at the first record a user function throws on; `skip` leaves the record out and counts it. */
  readonly recordErrors: 'fail' | 'skip'
  /** Cell 0 holds the number of the task that is to be given up, if any. */
  readonly cancelled: Int32Array
  /** Where blocks go that memory has no room for. */
  readonly spillDirectory: string
  /** What is put there is encrypted with this key. Undefined: not at all. */
  readonly spillKey: Uint8Array | undefined
  /** How what tasks save is encrypted. */
  readonly encryption: EncryptionSettings | undefined
  /** What is compressed: kept partitions (`spark.rdd.compress`), blocks of shuffles (`spark.shuffle.compress`). */
  readonly compress: { readonly kept: boolean; readonly shuffle: boolean }
}

/** A function and the number under which later messages name it. */
export interface FunctionDefinition {
  readonly number: number
  readonly f: TaskFunction
}

export type ToWorker =
  RunTask | ExportBlock | ReleaseBlocks | DropBlock | SpillBlock | ForgetFunctions | AddBroadcast | ReleaseBroadcast

/** What is on this worker's heap is wanted as bytes by a task of another worker. Answered by `exported`. */
export interface ExportBlock {
  readonly type: 'export'
  readonly nodeId: number
  readonly partition: number
  readonly view: Import['view']
}

/** One kept partition is dropped from this worker's heap. */
export interface DropBlock {
  readonly type: 'drop'
  readonly nodeId: number
  readonly partition: number
}

/** A kept partition is to be written to disk: these bytes, or the records on this worker's heap. Answered by `spilled`. */
export interface SpillBlock {
  readonly type: 'spill'
  readonly nodeId: number
  readonly partition: number
  readonly bytes?: Uint8Array<SharedArrayBuffer>
}

/** A value that tasks may read under this key; decoded when one does. */
export interface AddBroadcast {
  readonly type: 'broadcast'
  readonly key: string
  readonly bytes: Uint8Array<SharedArrayBuffer>
}

/** What was decoded is forgotten; where it was destroyed, the bytes too. */
export interface ReleaseBroadcast {
  readonly type: 'releaseBroadcast'
  readonly key: string
  readonly destroyed?: string
}

export interface RunTask {
  readonly type: 'run'
  readonly taskId: number
  readonly stageId: number
  readonly partition: number
  readonly attempt: number
  readonly batchTimeMs: number | undefined
  /** Functions this worker has not seen yet. */
  readonly define: readonly FunctionDefinition[]
  /** The user's classes that this worker has not been told yet: records it reads may be instances of them. */
  readonly classes: readonly Closure[]
  readonly spec: TaskSpec
  /** Write to disk what would otherwise be put into shared memory: it is full. */
  readonly spill: boolean
}

/** Persisted partitions of these nodes are dropped from this worker's heap. */
export interface ReleaseBlocks {
  readonly type: 'release'
  readonly nodeIds: readonly number[]
}

/** These functions will not be used again under these numbers. */
export interface ForgetFunctions {
  readonly type: 'forget'
  readonly numbers: readonly number[]
}

export type FromWorker = WorkerReady | TaskSucceeded | TaskFailed | BlockSpilled | BlockExported

/** Without bytes: it is not there any more, or cannot be encoded. */
export interface BlockExported {
  readonly type: 'exported'
  readonly nodeId: number
  readonly partition: number
  readonly view: Import['view']
  readonly bytes?: Uint8Array<SharedArrayBuffer>
}

/** A kept partition is on disk now, in a file of its own; without `stored` it could not be written. */
export interface BlockSpilled {
  readonly type: 'spilled'
  readonly nodeId: number
  readonly partition: number
  readonly stored?: FileRange
}

export interface WorkerReady {
  readonly type: 'ready'
}

export interface TaskSucceeded {
  readonly type: 'succeeded'
  readonly taskId: number
  readonly result: TaskResult
  readonly kept: readonly KeptPartition[]
  readonly skipped: readonly SkippedRecords[]
  readonly accumulators: readonly AccumulatorUpdate[]
  readonly metrics: TaskMetrics
}

/** The result of a task by its terminal. Records and values travel encoded, so that they keep what structured cloning loses. */
export type TaskResult =
  | { readonly kind: 'records'; readonly bytes: Uint8Array }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'value'; readonly bytes: Uint8Array }
  /** The blocks for each reduce partition. */
  | { readonly kind: 'shuffle'; readonly blocks: readonly (readonly StoredBytes[])[] }

/** A partition that the task computed and kept: on the worker's heap, or as bytes that any worker can read. */
export interface KeptPartition {
  readonly nodeId: number
  readonly partition: number
  readonly bytes?: StoredBytes
  /** What it takes, exact for bytes and estimated for live records. Of a version of keyed state nothing is said. */
  readonly size?: number
}

export interface MissingData {
  readonly nodeId: number
  readonly partition: number
  /** Of blocks of a shuffle: the run that wrote them. */
  readonly run?: number
}

export interface SkippedRecords {
  readonly operator: string
  readonly count: number
  readonly error: ErrorData
}

export interface TaskFailed {
  readonly type: 'failed'
  readonly taskId: number
  readonly error: ErrorData
  /** The operator whose function threw, where that is known, and the user's line. */
  readonly operator?: string
  readonly site?: string
  /** Something that this task counted on is gone, a kept partition or blocks of a shuffle: plan again without it. */
  readonly missing?: MissingData
}
