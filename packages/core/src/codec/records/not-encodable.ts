import { types } from 'node:util'
import { DStreamError } from '../../errors/dstream-error.ts'
import { classNameOf } from '../classes.ts'

/** The error for a value that no record can hold; `where` is the path to it. */
export const notEncodable = (where: string, what: string, hint: string): DStreamError =>
  new DStreamError('RECORD_NOT_ENCODABLE', `The record cannot be encoded: ${where} is ${what}`, { hint })

/** The error for an instance of a class that the registry does not know. */
export const classNotRegistered = (where: string, value: object): DStreamError =>
  new DStreamError(
    'CLASS_NOT_REGISTERED',
    `The record cannot be encoded: ${where} is an instance of ${classNameOf(value)}, which is not a class that can travel`,
    { hint: `Use a class of your own program, or send a plain object with what is needed of ${classNameOf(value)}.` },
  )

/** The error for a value that belongs to its thread, or `undefined` for any other. */
export function livingValue(where: () => string, value: object): DStreamError | undefined {
  if (types.isPromise(value))
    return notEncodable(where(), 'a promise', 'Await it first, in an operator that takes async functions.')
  const weak = types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef
  if (!weak && !types.isGeneratorObject(value) && !types.isSharedArrayBuffer(value)) return undefined
  return notEncodable(where(), `a ${classNameOf(value)}`, 'It belongs to this thread: send the values that it holds.')
}
