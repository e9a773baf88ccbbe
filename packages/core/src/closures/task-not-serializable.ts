import { DStreamError } from '../errors/dstream-error.ts'

/** Where and what was refused. */
export interface Refusal {
  readonly operator: string
  /** The user's line that applied the operator, `file:line:column`. */
  readonly site: string
  /** The variable of the function through which it was reached; `''` when it is the function itself. */
  readonly variable: string
  /** The way from the variable to what cannot travel: `pool.client.socket`. */
  readonly path: string
  readonly reason: string
  readonly hint: string
}

/**
 * A function given to an operator cannot run anywhere else, because it is, or captures, something that lives only in this process.
 * Thrown when the operator is applied. Spark's text for it is `Task not serializable`.
 */
export class TaskNotSerializableError extends DStreamError<'TASK_NOT_SERIALIZABLE'> {
  readonly operator: string
  readonly site: string
  readonly variable: string
  readonly path: string
  readonly reason: string

  constructor(refusal: Refusal) {
    const { operator, site, variable, path, reason, hint } = refusal
    const what =
      variable === ''
        ? `the function given to ${operator} ${reason}`
        : `the function given to ${operator} captures \`${variable}\`, and \`${path}\` ${reason}`
    super('TASK_NOT_SERIALIZABLE', `Task not serializable: ${what} (at ${site})`, { hint })
    this.operator = operator
    this.site = site
    this.variable = variable
    this.path = path
    this.reason = reason
  }
}

/** An async function was given to an operator that does not await. */
export class AsyncFunctionNotAllowedError extends DStreamError<'ASYNC_FUNCTION_NOT_ALLOWED'> {
  readonly operator: string
  readonly site: string

  constructor(operator: string, site: string) {
    super(
      'ASYNC_FUNCTION_NOT_ALLOWED',
      `The function given to ${operator} is async, but ${operator} does not await (at ${site})`,
      {
        hint: 'Use mapAsync for one record at a time, or mapPartitions with an async function.',
      },
    )
    this.operator = operator
    this.site = site
  }
}
