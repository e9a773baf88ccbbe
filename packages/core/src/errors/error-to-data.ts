import { inspect, types } from 'node:util'
import { DStreamError } from './dstream-error.ts'
import type { ErrorData } from './error-data.ts'

/** Causes are followed this deep, and as many errors of an AggregateError are kept: more helps nobody. */
const deepestCause = 16
const mostErrors = 100
/** Fields deeper than this are written as text. */
const deepestField = 5

const ownFields = new Set(['name', 'message', 'stack', 'code', 'hint', 'cause', 'errors'])

/**
 * What was thrown, as plain data: name, message, stack, code, hint, cause chain, errors of an AggregateError, own plain fields. Whatever
 * a user function throws survives, also `throw 'text'` and `throw undefined`. Never throws.
 *
 * @example
 * errorToData(new DStreamError('NO_OUTPUT', 'Nothing to do')).code // => 'NO_OUTPUT'
 */
export function errorToData(error: unknown): ErrorData {
  try {
    return toData(error, 0)
  } catch {
    // A getter or a proxy of the user's that throws: what is left is that something was thrown.
    return { name: 'thrown', message: 'an error that could not be read', thrown: { value: undefined } }
  }
}

function toData(error: unknown, depth: number): ErrorData {
  if (!isError(error)) return { name: 'thrown', message: readable(error), thrown: { value: plain(error, 0) } }
  const code: unknown = 'code' in error ? error.code : undefined
  return {
    name: nameOfError(error),
    message: String(error.message),
    ...(typeof error.stack === 'string' ? { stack: error.stack } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof DStreamError ? { hint: error.hint ?? '' } : {}),
    ...(Object.hasOwn(error, 'cause') && depth < deepestCause ? { cause: toData(error.cause, depth + 1) } : {}),
    ...errorsOf(error, depth),
    ...fieldsOf(error),
  }
}

function isError(value: unknown): value is Error {
  // An error of another realm (node:vm) is no instance of this realm's Error.
  return value instanceof Error || types.isNativeError(value)
}

function nameOfError(error: Error): string {
  const name = String(error.name)
  // `class Refused extends Error {}` is called Error by default; its class says more.
  return name === 'Error' ? error.constructor?.name || name : name
}

function errorsOf(error: Error, depth: number): Pick<ErrorData, 'errors'> {
  const errors: unknown = 'errors' in error ? error.errors : undefined
  if (!Array.isArray(errors) || depth >= deepestCause) return {}
  return { errors: errors.slice(0, mostErrors).map(each => toData(each, depth + 1)) }
}

function fieldsOf(error: Error): Pick<ErrorData, 'fields'> {
  const fields: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(error)) {
    if (!ownFields.has(key) && value !== undefined) fields[key] = plain(value, 0)
  }
  return Object.keys(fields).length === 0 ? {} : { fields }
}

/** The value itself where it is plain data through and through, with what is not plain written as text. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') return readable(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (depth >= deepestField) return readable(value)
  if (Array.isArray(value)) return value.map(each => plain(each, depth + 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return readable(value)
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, depth + 1)]))
}

function readable(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 2, breakLength: Infinity, maxStringLength: 1000 })
}
