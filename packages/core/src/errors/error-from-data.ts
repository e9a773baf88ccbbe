import { DStreamError } from './dstream-error.ts'
import type { ErrorData } from './error-data.ts'

/** Classes of errors by code: an error that comes from another thread is an instance of its class again. */
const classes = new Map<string, { readonly prototype: DStreamError }>()

/**
 * Makes errors with this code instances of `errorClass` when they are rebuilt; called where the class is declared. The class keeps what
 * it knows in public fields (no `#private` ones), since its constructor is not called.
 *
 * @example
 * registerErrorClass('TASK_NOT_SERIALIZABLE', TaskNotSerializableError)
 */
export function registerErrorClass(code: string, errorClass: { readonly prototype: DStreamError }): void {
  classes.set(code, errorClass)
}

const natives: Readonly<Record<string, new (message: string) => Error>> = {
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  URIError,
  EvalError,
}

/**
 * What was thrown, rebuilt from data: an error (by its code, not by the name of its class), or the very value when it was no error.
 *
 * @example
 * errorFromData(errorToData('text')) // => 'text'
 */
export function errorFromData(data: ErrorData): unknown {
  if (data.thrown !== undefined) return data.thrown.value
  const error = emptyError(data)
  // The fields of the user's error last but one: none of them may hide what follows.
  Object.assign(error, data.fields)
  hidden(error, 'name', data.name)
  if (data.stack !== undefined) hidden(error, 'stack', data.stack)
  if (data.cause !== undefined) hidden(error, 'cause', errorFromData(data.cause))
  if (data.code !== undefined && !(error instanceof DStreamError)) Object.assign(error, { code: data.code })
  return error
}

function emptyError(data: ErrorData): Error {
  if (data.hint !== undefined && data.code !== undefined) {
    // The message already ends with the hint.
    const error = new DStreamError(data.code, data.message)
    const errorClass = classes.get(data.code)
    if (errorClass !== undefined) Object.setPrototypeOf(error, errorClass.prototype)
    return Object.assign(error, { hint: data.hint === '' ? undefined : data.hint })
  }
  if (data.errors !== undefined) return new AggregateError(data.errors.map(errorFromData), data.message)
  const Native = Object.hasOwn(natives, data.name) ? natives[data.name] : undefined
  return Native === undefined ? new Error(data.message) : new Native(data.message)
}

/** As the language's own fields of errors: there, but not among the fields that are listed. */
function hidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}
