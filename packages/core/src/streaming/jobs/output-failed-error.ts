import { DStreamError } from '../../errors/dstream-error.ts'
import type { OutputJob } from './output-job.ts'

/**
 * An output operation of a batch failed: the function threw, or a job that it started did. The batch counts as failed and later batches
 * go on; `awaitTermination()` rejects with the first of these. `cause` is the user's error, or the JobFailedError that has it as its cause.
 */
export class OutputFailedError extends DStreamError<'OUTPUT_FAILED'> {
  readonly batchTimeMs: number
  /** Of the output operation within its batch, from 0. */
  readonly outputOpId: number
  /** `print`, `foreachRDD`, … */
  readonly operator: string
  /** Where the output operation was written. */
  readonly site: string
  /** The stream that was put out. */
  readonly stream: string
  /** The partition whose task failed, where it was a task. */
  readonly partition: number | undefined

  constructor(
    batchTimeMs: number,
    outputOpId: number,
    job: Pick<OutputJob, 'operator' | 'site' | 'stream'>,
    cause: unknown,
  ) {
    super(
      'OUTPUT_FAILED',
      `Batch ${batchTimeMs} ms: output operation ${outputOpId} (${job.operator} at ${job.site}, of ${job.stream}) failed: ${textOf(cause)}`,
      { cause },
    )
    this.batchTimeMs = batchTimeMs
    this.outputOpId = outputOpId
    this.operator = job.operator
    this.site = job.site
    this.stream = job.stream
    const partition = (cause as { readonly partition?: unknown } | null | undefined)?.partition
    this.partition = typeof partition === 'number' ? partition : undefined
  }

  /** What listeners and the UI are told: the cause with its stack. */
  get reason(): string {
    return this.cause instanceof Error ? (this.cause.stack ?? String(this.cause)) : String(this.cause)
  }
}

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
