/**
 * An error as plain data (structured-cloneable): for events, for the way between threads, and for storage. Only `fields` may hold
 * what JSON does not know (bigint, Date, undefined).
 */
export interface ErrorData {
  /** The name of the error, or of its class where the error kept the name `Error`; `thrown` for what is no error. */
  readonly name: string
  readonly message: string
  readonly stack?: string
  /** The code of a DStreamError, or of Node's (`ECONNREFUSED`). */
  readonly code?: string
  /** Set for a DStreamError; `''` when it has no hint. */
  readonly hint?: string
  readonly cause?: ErrorData
  /** The errors of an AggregateError. */
  readonly errors?: readonly ErrorData[]
  /** The error's own enumerable fields that are plain data; of the others, how they read. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Set when what was thrown is no error: the value, if it is plain data, else how it reads. */
  readonly thrown?: { readonly value: unknown }
}
