import { DStreamError, errorToData } from '@dstream/core/engine'
import type { ErrorData } from '@dstream/core/engine'
import type { MissingData } from '../workers/protocol.ts'

/** An error of a task with the operator it came from, where that is known. */
export class OperatorError extends Error {
  readonly operator: string
  readonly site: string

  constructor(error: unknown, operator: string, site: string) {
    super(`in ${operator} at ${site}`, { cause: error })
    this.operator = operator
    this.site = site
  }
}

/** A function that has to give many records gave something that cannot be iterated over. */
export class NotIterableError extends DStreamError<'NOT_ITERABLE'> {
  constructor(value: unknown, operator: string, site: string) {
    super(
      'NOT_ITERABLE',
      `The function given to ${operator} at ${site} returned ${described(value)}, which is not iterable`,
      {
        hint: 'Return an array, another iterable, or call yield in a generator function.',
      },
    )
  }
}

/** An operator on pairs met a record that is none. */
export class NotAPairError extends DStreamError<'NOT_A_PAIR'> {
  constructor(value: unknown) {
    super('NOT_A_PAIR', `An operation by key met ${described(value)}, which is not a pair [key, value]`, {
      hint: 'Make pairs first: map(record => [key, value]), or keyBy(f).',
    })
  }
}

/** Data that the driver believed to be here is not, or its file was changed. The driver forgets it and plans again; users never see this. */
export class MissingBlockError extends Error {
  readonly missing: MissingData

  constructor(message: string, { nodeId, partition, run = 0 }: MissingData, cause?: unknown) {
    super(message, { cause })
    this.missing = { nodeId, partition, run }
  }
}

const described = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  const text =
    typeof value === 'object'
      ? `an object of class ${value.constructor?.name ?? 'null'}`
      : `the ${typeof value} ${String(value)}`
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

/** What crosses to the driver of a failed task. */
export function failure(error: unknown): { error: ErrorData; operator?: string; site?: string; missing?: MissingData } {
  const cause = error instanceof OperatorError ? error.cause : error
  if (cause instanceof MissingBlockError) return { error: errorToData(cause), missing: cause.missing }
  if (error instanceof OperatorError)
    return { error: errorToData(error.cause), operator: error.operator, site: error.site }
  return { error: errorToData(error) }
}
