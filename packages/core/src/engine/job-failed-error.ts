import { DStreamError, registerErrorClass } from '../errors/index.ts'
import type { JobOrigin } from './job.ts'

/** What is known about the task that failed for the last time. */
export interface JobFailure {
  readonly jobId: number
  readonly stageId: number
  readonly partition: number
  /** How often the task was tried. */
  readonly attempts: number
  /** The operator whose function threw, where that is known; else the stage's name. */
  readonly operator: string
  /** Where the user applied that operator; `''` where that is not known. */
  readonly site: string
  readonly origin: JobOrigin
  /** What the user's function threw. */
  readonly cause: unknown
}

/**
 * A job that failed: a task of it has failed for the last time. `cause` is the user's error.
 *
 * The message begins with Spark's words and holds the user's; the place is in the fields, too.
 */
export class JobFailedError extends DStreamError<'JOB_FAILED'> {
  readonly jobId: number
  readonly stageId: number
  readonly partition: number
  readonly attempts: number
  /** The number of the last attempt, from 0. */
  readonly attempt: number
  readonly operator: string
  readonly site: string
  readonly action: string
  readonly batchTimeMs: number | undefined
  readonly stream: string | undefined

  constructor(failure: JobFailure) {
    super('JOB_FAILED', messageOf(failure), { cause: failure.cause })
    this.jobId = failure.jobId
    this.stageId = failure.stageId
    this.partition = failure.partition
    this.attempts = failure.attempts
    this.attempt = failure.attempts - 1
    this.operator = failure.operator
    this.site = failure.site
    this.action = failure.origin.action
    this.batchTimeMs = failure.origin.batchTimeMs
    this.stream = failure.origin.stream
  }
}

registerErrorClass('JOB_FAILED', JobFailedError)

function messageOf({ stageId, partition, attempts, operator, site, origin, cause }: JobFailure): string {
  const stage = `stage ${stageId}.0`
  const where = [
    `in ${operator}${site === '' ? '' : ` at ${site}`}`,
    ...(origin.stream === undefined ? [] : [`of stream ${origin.stream}`]),
    ...(origin.batchTimeMs === undefined ? [] : [`in the batch of ${origin.batchTimeMs} ms`]),
  ]
  return (
    `Job aborted due to stage failure: Task ${partition} in ${stage} failed ${attempts} times, ` +
    `most recent failure: Lost task ${partition}.${attempts - 1} in ${stage}: ${textOfCause(cause)}\n  ${where.join(' ')}`
  )
}

function textOfCause(cause: unknown): string {
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`
  try {
    return String(cause)
  } catch {
    return 'something that cannot be shown'
  }
}
