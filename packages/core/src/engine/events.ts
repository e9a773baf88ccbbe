import type { ErrorData } from '../errors/error-data.ts'
import type { JobOrigin } from './job.ts'
import type { AccumulatorUpdate } from './shared-variables/task-accumulators.ts'

export type { ErrorData } from '../errors/error-data.ts'

/** What a task did, in counts and times. Bytes are of the shuffle's blocks. */
export interface TaskMetrics {
  readonly runTimeMs: number
  readonly recordsRead: number
  readonly recordsWritten: number
  readonly shuffleReadBytes: number
  readonly shuffleWriteBytes: number
  readonly resultBytes: number
}

/** Everything an engine tells while it works: listeners, the UI and metrics are made of these. Times are epoch milliseconds. */
export type EngineEvent =
  | {
      readonly type: 'jobStarted'
      readonly jobId: number
      readonly timeMs: number
      readonly origin: JobOrigin
    }
  | { readonly type: 'jobEnded'; readonly jobId: number; readonly timeMs: number; readonly error?: ErrorData }
  | {
      readonly type: 'stageSubmitted'
      readonly stageId: number
      readonly jobId: number
      readonly timeMs: number
      readonly name: string
      readonly numTasks: number
    }
  | {
      readonly type: 'stageCompleted'
      readonly stageId: number
      readonly jobId: number
      readonly timeMs: number
      readonly error?: ErrorData
    }
  | {
      readonly type: 'taskStarted'
      readonly stageId: number
      readonly partition: number
      readonly attempt: number
      readonly worker: number
      readonly timeMs: number
    }
  | {
      readonly type: 'taskEnded'
      readonly stageId: number
      readonly partition: number
      readonly attempt: number
      readonly worker: number
      readonly timeMs: number
      readonly metrics?: TaskMetrics
      readonly error?: ErrorData
      /**
       * What the task has added to accumulators, where that counts: of a result task once for each partition of the job, before the job
       * ends; never of a task that failed or that nobody waits for.
       */
      readonly accumulators?: readonly AccumulatorUpdate[]
    }
  | { readonly type: 'workerStarted'; readonly worker: number; readonly timeMs: number }
  | {
      readonly type: 'workerDied'
      readonly worker: number
      readonly timeMs: number
      readonly reason: string
      readonly lostPartitions: number
    }
  /** A partition of a persisted dataset is kept from now on, or is elsewhere than before: what it takes of memory and disk. */
  | {
      readonly type: 'partitionKept'
      readonly nodeId: number
      readonly partition: number
      /** The name of its storage level. */
      readonly level: string
      /** The worker on whose heap it is, where it is kept as live records. */
      readonly worker?: number
      /** Exact for bytes, estimated for live records. */
      readonly memoryBytes: number
      readonly diskBytes: number
      readonly timeMs: number
    }
  /**
   * It is not in memory any more: written to disk (`partitionKept` follows), dropped to make room (it is computed again when asked for),
   * released by the program, or lost with its worker or file.
   */
  | {
      readonly type: 'partitionEvicted'
      readonly nodeId: number
      readonly partition: number
      readonly reason: 'spilled' | 'dropped' | 'released' | 'lost'
      readonly memoryBytes: number
      readonly timeMs: number
    }
  /** A record that a user function threw on and the record policy skipped, or input that our own decoding had to mend; counted, told once per cause. */
  | {
      readonly type: 'recordsSkipped'
      readonly stageId: number
      readonly partition: number
      readonly operator: string
      readonly count: number
      readonly error: ErrorData
    }
