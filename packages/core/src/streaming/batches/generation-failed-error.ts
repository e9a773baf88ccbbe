import { DStreamError } from '../../errors/dstream-error.ts'

/**
 * The jobs of a batch could not be made: a driver function (`transform`, an input stream's `compute`) threw, or a stream had no RDD where
 * one is needed. Nothing of the batch is run; later batches go on. `cause` is the error.
 */
export class GenerationFailedError extends DStreamError<'GENERATION_FAILED'> {
  readonly batchTimeMs: number

  constructor(batchTimeMs: number, cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause)
    super('GENERATION_FAILED', `Error generating jobs for time ${batchTimeMs} ms: ${text}`, { cause })
    this.batchTimeMs = batchTimeMs
  }
}
