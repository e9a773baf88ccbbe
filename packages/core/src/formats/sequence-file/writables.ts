import { DStreamError } from '../../errors/dstream-error.ts'
import type { DataInput } from './data-input.ts'
import type { DataOutput } from './data-output.ts'

/** How the values of one of Hadoop's Writable classes are written and read. One's own can be added: see `ReadOptions.writables`. */
export interface Writable<T = unknown> {
  /** Hadoop's class, as it stands in files: `org.apache.hadoop.io.Text`. */
  readonly className: string
  /** @throws DStreamError NOT_WRITABLE for a value that the class cannot hold */
  write(value: T, output: DataOutput): void
  /** Reads exactly what `write` wrote. */
  read(input: DataInput): T
}

const io = 'org.apache.hadoop.io.'
const int32Min = -(2 ** 31)
const int32Max = 2 ** 31 - 1
const int64Min = -(2n ** 63n)
const int64Max = 2n ** 63n - 1n

const notWritable = (writable: string, holds: string, value: unknown): DStreamError =>
  new DStreamError('NOT_WRITABLE', `${writable} holds ${holds}, not ${shown(value)}`, {
    hint: 'Name the classes of keys and values when writing ({ keyClass, valueClass }), or map the records first.',
  })

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'object' && value !== null) return `a value of ${value.constructor?.name ?? 'no class'}`
  return typeof value === 'function' ? 'a function' : String(value)
}

const text: Writable<string> = {
  className: `${io}Text`,
  write: (value, output) => {
    if (typeof value !== 'string') throw notWritable('Text', 'strings', value)
    output.text(value)
  },
  read: input => input.text(),
}

const int: Writable<number> = {
  className: `${io}IntWritable`,
  write: (value, output) => {
    if (!Number.isInteger(value) || value < int32Min || value > int32Max)
      throw notWritable('IntWritable', `whole numbers from ${int32Min} to ${int32Max}`, value)
    output.int32(value)
  },
  read: input => input.int32(),
}

/** What a LongWritable is read as: `auto` is a number where that is exact (up to 2^53 − 1) and else a bigint, `bigint` always a bigint. */
export type LongsAs = 'auto' | 'bigint'

function writeLong(value: number | bigint, output: DataOutput): void {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value)
  const long = whole ? BigInt(value) : undefined
  if (long === undefined || long < int64Min || long > int64Max)
    throw notWritable('LongWritable', 'bigints of 64 bits and whole numbers up to ±(2^53 − 1)', value)
  output.int64(long)
}

const long: Writable<number | bigint> = {
  className: `${io}LongWritable`,
  write: writeLong,
  read: input => {
    const value = input.int64()
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  },
}

const longAsBigint: Writable<number | bigint> = {
  className: long.className,
  write: writeLong,
  read: input => input.int64(),
}

const double: Writable<number> = {
  className: `${io}DoubleWritable`,
  write: (value, output) => {
    if (typeof value !== 'number') throw notWritable('DoubleWritable', 'numbers', value)
    output.float64(value)
  },
  read: input => input.float64(),
}

const float: Writable<number> = {
  className: `${io}FloatWritable`,
  write: (value, output) => {
    if (typeof value !== 'number') throw notWritable('FloatWritable', 'numbers (rounded to 32 bits)', value)
    output.float32(value)
  },
  read: input => input.float32(),
}

const boolean: Writable<boolean> = {
  className: `${io}BooleanWritable`,
  write: (value, output) => {
    if (typeof value !== 'boolean') throw notWritable('BooleanWritable', 'true and false', value)
    output.int8(value ? 1 : 0)
  },
  read: input => input.int8() !== 0,
}

const bytes: Writable<Uint8Array> = {
  className: `${io}BytesWritable`,
  write: (value, output) => {
    if (!(value instanceof Uint8Array)) throw notWritable('BytesWritable', 'a Uint8Array', value)
    output.int32(value.length)
    output.raw(value)
  },
  read: input => input.raw(input.int32()),
}

const nothing: Writable<null | undefined> = {
  className: `${io}NullWritable`,
  write: value => {
    if (value !== null && value !== undefined) throw notWritable('NullWritable', 'null', value)
  },
  read: () => null,
}

const known: ReadonlyMap<string, Writable<never>> = new Map(
  [text, int, long, double, float, boolean, bytes, nothing].map(w => [w.className, w as Writable<never>]),
)

/** Hadoop's class of a name with or without its package: `Text` → `org.apache.hadoop.io.Text`. */
export const writableClassName = (name: string): string => (name.includes('.') ? name : io + name)

/**
 * The Writable of a class, by its name with or without its package.
 *
 * @param own looked at first
 * @returns undefined for a class that is not known
 */
export function findWritable(
  name: string,
  own: readonly Writable[] = [],
  longs: LongsAs = 'auto',
): Writable | undefined {
  const className = writableClassName(name)
  const mine = own.find(w => w.className === className)
  if (mine !== undefined) return mine
  if (className === long.className && longs === 'bigint') return longAsBigint as Writable
  return known.get(className) as Writable | undefined
}

/**
 * The class that a value is written as where none is named: strings are Text, whole numbers of 32 bits IntWritable, other whole numbers and bigints
 * LongWritable, other numbers DoubleWritable, booleans BooleanWritable, Uint8Arrays BytesWritable, null and undefined NullWritable. (All values of a file
 * are of one class, that of its first: name the class where numbers are of both kinds.)
 *
 * @throws DStreamError NOT_WRITABLE for any other value
 * @example
 * writableFor('hello') // => 'org.apache.hadoop.io.Text'
 */
export function writableFor(value: unknown): string {
  if (value === null || value === undefined) return nothing.className
  if (value instanceof Uint8Array) return bytes.className
  switch (typeof value) {
    case 'string':
      return text.className
    case 'boolean':
      return boolean.className
    case 'bigint':
      return long.className
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? wholeNumber(value) : double.className
    default:
      throw notWritable(
        'A SequenceFile',
        'strings, numbers, bigints, booleans, Uint8Arrays and null as keys and values',
        value,
      )
  }
}

const wholeNumber = (value: number): string => (value >= int32Min && value <= int32Max ? int.className : long.className)
