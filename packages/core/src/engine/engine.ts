import type { TaskFunction } from '../closures/closure.ts'
import type { Block, BytesOnDisk } from '../rdd/plan/source-spec.ts'
import type { EngineEvent } from './events.ts'
import type { Job } from './job.ts'

/** What an engine can do beyond running jobs, as data: nobody asks an engine for its class. */
export type Capability =
  /** Long-running tasks on threads or executors of their own (`launch`). */
  | 'long-running'
  /** Received blocks stay as shared bytes in this process. */
  | 'shared-blocks'

/**
 * The seam between the model (RDDs, streams) and what executes it. The embedded engine, Spark and the reference engine implement it; streaming,
 * SQL and ML know nothing beyond it.
 */
export interface Engine {
  readonly capabilities: ReadonlySet<Capability>
  /** Tasks that run at the same time; also the default number of partitions. */
  readonly defaultParallelism: number
  /**
   * Runs one job. `onResult` is called once for each asked partition, in the order in which they finish. The promise resolves when every partition has been
   * delivered, and rejects with a JobFailedError (the user's error as its cause) once a task has failed for the last time, or with the
   * signal's reason when it is aborted; tasks that are still running then are let go and their results dropped.
   */
  run(job: Job, onResult: (partition: number, result: unknown) => void, signal?: AbortSignal): Promise<void>
  /** Forgets what is kept of these nodes: persisted partitions and shuffle outputs. Unknown ids are ignored. */
  release(nodeIds: readonly number[]): void
  /**
   * Makes a value readable in every task under this key (`broadcastTable.entry(key)` where the task runs). `bytes` is `encodeRecords([value])`; workers
   * decode it when a task asks first, and give every task the same object. Keys are unique for all time.
   */
  broadcast(key: string, bytes: Uint8Array<SharedArrayBuffer>): void
  /**
   * What workers have decoded is forgotten. With `destroyed`, the place in the program that asked for it, the bytes are too, and a task that asks
   * gets an error that tells that place. Unknown keys are ignored.
   */
  releaseBroadcast(key: string, destroyed?: string): void
  /**
   * Puts the bytes of a received block on disk, where every task of this engine can read them. Rejects when they cannot be written. An engine
   * without it keeps blocks in memory only.
   */
  storeBlock?(bytes: Uint8Array<SharedArrayBuffer>): Promise<BytesOnDisk>
  /** Removes what `storeBlock` has written. */
  dropBlock?(stored: BytesOnDisk): void
  /** Starts a long-running task (a receiver) on a thread of its own; it takes no task slot. */
  launch(task: LongRunningTask): LongRunningHandle
  /** Every task, job, stage and worker death, with times and counts. Listeners are called in order, on the driver's thread. Returns the unsubscriber. */
  subscribe(listener: (event: EngineEvent) => void): () => void
  /** Stops the workers. Running jobs reject. Idempotent. */
  close(): Promise<void>
}

/**
 * A task without an end: `f(context)` is called once on a thread of its own and may be async; the task ends when the promise it returns settles.
 * What it is given to talk to the driver is a `LongRunningContext`.
 */
export interface LongRunningTask {
  readonly name: string
  readonly f: TaskFunction
  /** What the thread loads first: URLs of modules that register builtins which `f` is made of. */
  readonly modules?: readonly string[]
  /** Called on the driver's thread for every `context.send(message)`. */
  readonly onMessage: (message: LongRunningMessage) => void
  /** Called once, when the task has ended: with its error, if that is why. A dead thread is an error too. */
  readonly onEnd: (error: unknown) => void
}

/** What a long-running task sends: plain data, or blocks of received bytes (shared, never copied). */
export type LongRunningMessage =
  | { readonly kind: 'data'; readonly data: unknown }
  | { readonly kind: 'block'; readonly block: Block; readonly metadata?: unknown }

/** What a long-running function is called with, on its own thread. */
export interface LongRunningContext {
  send(message: LongRunningMessage): void
  /** Messages from the driver. */
  onMessage(listener: (data: unknown) => void): void
}

export interface LongRunningHandle {
  /** Sends plain data to the task. */
  send(data: unknown): void
  /** Ends the thread at once, whatever it is doing. */
  terminate(): Promise<void>
}
