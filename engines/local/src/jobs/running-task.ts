import type { PartitionName } from '../blocks/storage.ts'
import type { WorkerSlot } from '../workers/worker-slot.ts'
import type { StageRun } from './stage-run.ts'

/** A task that a worker runs now. */
export interface RunningTask {
  readonly stage: StageRun
  readonly partition: number
  readonly slot: WorkerSlot
  /** The kept partitions that it reads. */
  readonly reads: readonly PartitionName[]
  /** Its end has been told already. */
  told: boolean
}
