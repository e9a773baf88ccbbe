import { types } from 'node:util'
import { isPlainObject } from './key-kinds.ts'
import { classNameOf } from './classes.ts'

/** Nesting below this is written as `…`; so is an object inside itself. */
const maxDepth = 100

/**
 * The text of a value: what `print()` shows and `saveAsTextFile` writes, one line for a record.
 *
 * Arrays as Spark writes tuples, `(a,b)`, at any depth; strings bare, without quotes; numbers as JavaScript
 * prints them; bigints without `n`; dates as ISO 8601; Maps and Sets as Spark writes them, `Map(a -> 1, b -> 2)`, `Set(1, 2)`;
 * objects `{a: 1, b: 2}`; instances by their own `toString` where their class has one, else `Point {x: 1, y: 2}`;
 * errors `TypeError: message`; bytes `Uint8Array(1, 2, 3)`. The whole table is in docs/printing.md. Line breaks in strings are written as they are.
 *
 * @example
 * textOf(['a', [1, null]]) // => '(a,(1,null))'
 */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : text(value, [])
}

function text(value: unknown, above: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'function':
      return `[function ${value.name || '(unnamed)'}]`
    case 'object':
      return value === null ? 'null' : textOfObject(value, above)
    default:
      return String(value)
  }
}

function textOfObject(value: object, above: readonly object[]): string {
  if (above.length === maxDepth || above.includes(value)) return '…'
  const inside = [...above, value]
  if (Array.isArray(value)) return `(${Array.from(value, part => text(part, inside)).join(',')})`
  if (isPlainObject(value)) return textOfProperties(value, inside)
  return textOfBuiltIn(value, inside) ?? textOfInstance(value, inside)
}

function textOfBuiltIn(value: object, inside: readonly object[]): string | undefined {
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (types.isMap(value)) {
    return `Map(${Array.from(value, ([key, of]) => `${text(key, inside)} -> ${text(of, inside)}`).join(', ')})`
  }
  if (types.isSet(value)) return `Set(${Array.from(value, member => text(member, inside)).join(', ')})`
  if (value instanceof Error || types.isRegExp(value)) return String(value)
  if (types.isBoxedPrimitive(value)) return String(value.valueOf())
  if (types.isTypedArray(value)) return `${classNameOf(value)}(${Array.from(value as Uint8Array, String).join(', ')})`
  if (types.isAnyArrayBuffer(value)) return `${classNameOf(value)}(${value.byteLength} bytes)`
  return undefined
}

function textOfInstance(value: object, inside: readonly object[]): string {
  const own = (value as { toString?: unknown }).toString
  if (typeof own === 'function' && own !== Object.prototype.toString) return String(own.call(value))
  return `${classNameOf(value)} ${textOfProperties(value, inside)}`
}

const textOfProperties = (value: object, inside: readonly object[]): string =>
  `{${Object.entries(value)
    .map(([name, of]) => `${name}: ${text(of, inside)}`)
    .join(', ')}}`
