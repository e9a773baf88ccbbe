import type { EngineEvent } from '@dstream/core/engine'
import type { Storage } from '../blocks/storage.ts'

/** What the scheduler is told once. Numbers of attempts as in Spark's master URLs and `spark.task.maxFailures`. */
export interface SchedulerSettings {
  /** How often a task may fail before its job does. */
  readonly maxFailures: number
  /** How many workers a partition may bring down, and how often the same data may be gone when it is read, before the job fails. */
  readonly maxWorkerDeaths: number
  /** Shuffle blocks beyond this many bytes in shared memory go to disk. */
  readonly shuffleMemoryBytes: number
  /** The kept partitions. */
  readonly storage: Storage
  readonly emit: (event: EngineEvent) => void
  readonly now: () => number
}
