import { DStreamError } from '../../errors/dstream-error.ts'

/**
 * The layout of encoded records, version 1. Little-endian; every column begins at a multiple of 8 bytes.
 *
 *     0  u8   version            8  u32  number of records
 *     1  u8×3 zero              12  u32  check of the two numbers (a flipped bit must not become a huge allocation)
 *     4  u32  length in bytes   16  one column
 *
 * A column is: u8 tag, three bytes of the column's own, u32 of the column's own, then its content (see write-column.ts).
 */
export const version = 1
export const headerBytes = 16

/** The kinds of column, as written. Never renumber: add. */
export const columnTag = {
  constant: 0,
  boolean: 1,
  int32: 2,
  float64: 3,
  text: 4,
  bigint64: 5,
  date: 6,
  union: 7,
  tuple: 8,
  object: 9,
  list: 10,
  structured: 11,
} as const

/** The kinds of value inside a structured column. Never renumber: add. */
export const valueTag = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  int32: 4,
  float64: 5,
  bigint: 6,
  latin1: 7,
  utf16: 8,
  array: 9,
  sparseArray: 10,
  object: 11,
  bareObject: 12,
  instance: 13,
  map: 14,
  set: 15,
  date: 16,
  regexp: 17,
  bytes: 18,
  error: 19,
  boxed: 20,
  reference: 21,
  subclass: 22,
  /** An instance of a class with a codec: the class, what the codec made. */
  encoded: 23,
  /** A match of a regular expression: an array, then its properties. */
  match: 24,
} as const

/** Element types of byte values, by their place in this list. Never reorder: append. */
export const bytesTypes = [
  'Buffer',
  'ArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
] as const

/** Errors that JavaScript itself has, by their place in this list. Never reorder: append. */
export const errorTypes = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
] as const

/** Records nest no deeper than this: the writer and the reader recurse. */
export const maxDepth = 1000

/**
 * A match of a regular expression, or its `indices`: an array with properties of its own. Those of other arrays are left out: to look for
 * them would cost a third of the time that records take.
 */
export const isMatch = (array: readonly unknown[]): boolean => 'groups' in array

/** Ties length and count together. */
export const headerCheck = (length: number, count: number): number =>
  (Math.imul(length ^ 0x5bd1e995, 0x9e3779b1) ^ Math.imul(count + version, 0x85ebca6b)) >>> 0

/** The error for bytes that are not what encodeRecords wrote. */
export const corrupt = (what: string, cause?: unknown): DStreamError =>
  new DStreamError('CORRUPT_RECORDS', `Encoded records cannot be read: ${what}`, {
    hint: 'The bytes were cut or changed on their way, or were written by another version.',
    ...(cause === undefined ? {} : { cause }),
  })
