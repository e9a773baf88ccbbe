import { AsyncLocalStorage } from 'node:async_hooks'
import { registerHandles, travelsAs } from '../closures/protocol.ts'

/** What an engine says of the task that it runs. */
export interface TaskFields {
  readonly stageId: number
  readonly partitionId: number
  /** 0 for the first attempt. */
  readonly attemptNumber: number
  /** Unique among all attempts of all tasks of the context. */
  readonly taskAttemptId: number
  /** Set when the task belongs to a batch of a stream. */
  readonly batchTimeMs?: number | undefined
}

/** One for the thread, even where this module was loaded twice: a program's bundle and the engine's worker must see the same. */
const place = Symbol.for('dstream.taskContext')
const holder = globalThis as { [place]?: AsyncLocalStorage<TaskContext> }
const running = (holder[place] ??= new AsyncLocalStorage<TaskContext>())

/**
 * The task that is running, for functions that write somewhere: the same (batch time, partition) is the same data, so an output can be written
 * once. Across `await`s it stays the task's own.
 *
 * @see Spark's TaskContext; guide, "Semantics of output operations"
 * @example
 * await sc.parallelize(['a', 'b'], 2).map(() => TaskContext.get()?.partitionId).collect() // => [0, 1]
 */
export class TaskContext implements TaskFields {
  /** The class itself is not copied into tasks: they have it. */
  static [travelsAs](): { name: string; data: [] } {
    return { name: 'TaskContext', data: [] }
  }

  readonly stageId: number
  readonly partitionId: number
  readonly attemptNumber: number
  readonly taskAttemptId: number
  readonly batchTimeMs: number | undefined

  constructor(fields: TaskFields) {
    this.stageId = fields.stageId
    this.partitionId = fields.partitionId
    this.attemptNumber = fields.attemptNumber
    this.taskAttemptId = fields.taskAttemptId
    this.batchTimeMs = fields.batchTimeMs
  }

  /** The task in which this is called; `undefined` in the driver. */
  static get(): TaskContext | undefined {
    return running.getStore()
  }

  /** The partition of the task in which this is called; 0 in the driver, as in Spark. */
  static getPartitionId(): number {
    return running.getStore()?.partitionId ?? 0
  }

  /** Runs `f` as part of a task: for engines. */
  static run<R>(fields: TaskFields, f: () => R): R {
    return running.run(new TaskContext(fields), f)
  }
}

registerHandles({ TaskContext: () => TaskContext })
