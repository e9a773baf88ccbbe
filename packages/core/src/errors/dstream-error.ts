/** What every error of this system carries: a stable code, and what to do about it. */
export interface ErrorDetails {
  /** What the reader can do about it, one sentence. It is also the last line of the message. */
  readonly hint?: string
  /** The error that led to this one: the user's own, or the system's. */
  readonly cause?: unknown
}

/**
 * The base of every error this system throws on purpose.
 *
 * The message says what happened, with the values in it; `hint` says what to do; `code` never changes
 * between versions, so a program can branch on it.
 *
 * @example
 * new DStreamError('NO_OUTPUT', 'No output operations registered', { hint: 'Call print().' }).code // => 'NO_OUTPUT'
 */
export class DStreamError<Code extends string = string> extends Error {
  readonly code: Code
  readonly hint: string | undefined

  constructor(code: Code, what: string, details: ErrorDetails = {}) {
    super(
      details.hint === undefined ? what : `${what}\n  → ${details.hint}`,
      'cause' in details ? { cause: details.cause } : undefined,
    )
    this.name = new.target.name
    this.code = code
    this.hint = details.hint
  }
}
