import { Time } from '../../time/index.ts'

/** What a partition of a batch is known by when it is put out: all of it is the same when the batch is run again. */
export interface OutputPartition {
  readonly batchTime: Time
  /** From 0. */
  readonly partitionId: number
  readonly numPartitions: number
  /**
   * `NAME-BATCH_MS-PARTITION-PROGRAM`, made of the output's name, the batch time in milliseconds, the partition, and 36 characters that stand for the
   * program. Whatever was written under it before is the same data.
   */
  readonly uniqueId: string
}

/** A batch of an output, as its tasks are told; plain data. */
export interface OutputBatch {
  /** Names the program, see BatchOutput. */
  readonly application: string
  /** The name of the output, one of its own in the program. */
  readonly output: string
  readonly batchTimeMs: number
  readonly slideMs: number
  readonly numPartitions: number
}

/** One partition of a batch, as the user's function is told. */
export function outputPartition(batch: OutputBatch, partitionId: number): OutputPartition {
  const { application, output, batchTimeMs, numPartitions } = batch
  const uniqueId = `${output}-${batchTimeMs}-${partitionId}-${application}`
  return { batchTime: new Time(batchTimeMs), partitionId, numPartitions, uniqueId }
}
