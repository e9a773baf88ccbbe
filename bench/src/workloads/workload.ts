import type { DStream, StreamingContext } from 'dstream'
import type { Checksum } from '../checksum.ts'
import type { JobCount } from '../proof.ts'

/** One of the reference programs, on the public API. */
export interface Workload {
  readonly name: string
  readonly intervalMs: number
  readonly batches: number
  /** What a batch's job has to do when nothing of another batch is reused. */
  readonly perJob: JobCount
  /** What the first batch's has to do, where that is more. */
  readonly firstJob?: JobCount
  /** A batch gives something else than the one before: the floor does all of them. */
  readonly stateful?: true
  /** Builds the stream whose records are counted in every batch. */
  build(ssc: StreamingContext, file: string): DStream<unknown> | Promise<DStream<unknown>>
  /** Of the collected records of one batch. */
  checksum(records: readonly unknown[]): Checksum
  /** Frees what `build` took besides the context. */
  close?(): void
}
