import type { ClassRegistry } from '../classes.ts'
import type { ByteReader } from './byte-reader.ts'
import { unionTypes } from './column.ts'
import { columnTag, corrupt } from './format.ts'
import { readLengths } from './lengths.ts'
import { classOf, StructuredReader } from './structured-reader.ts'
import { readText } from './text-column.ts'

/** Columns inside columns end here; the writer's end sooner. */
const maxColumnDepth = 16

/** Where the next column of a pair of columns begins: what decodePairs looks at. */
export interface ColumnHead {
  readonly tag: number
  readonly own: number
  readonly count: number
}

/** Reads the 8 bytes a column begins with. */
export function readHead(input: ByteReader): ColumnHead {
  input.align()
  const at = input.take(8)
  return { tag: input.bytes[at]!, own: input.view.getUint16(at + 1, true), count: input.view.getUint32(at + 4, true) }
}

/** Reads a column of `count` values, and those inside it. */
export function readColumn(input: ByteReader, count: number, registry: ClassRegistry, depth = 0): unknown[] {
  const head = readHead(input)
  if (depth > maxColumnDepth) throw corrupt('columns nested too deep')
  switch (head.tag) {
    case columnTag.constant:
      return new Array<unknown>(count).fill(new StructuredReader(input, registry).read())
    case columnTag.boolean:
      return Array.from(input.uint8s(count), value => value === 1)
    case columnTag.int32:
      return copied(input.int32s(count))
    case columnTag.float64:
      return copied(input.float64s(count))
    case columnTag.date:
      return Array.from(input.float64s(count), time => new Date(time))
    case columnTag.bigint64:
      return Array.from(input.bigint64s(count))
    case columnTag.text:
      return readText(input, count)
    case columnTag.union:
      return readUnion(input, count, registry, head, depth)
    case columnTag.tuple:
      return tuplesOf(readParts(input, count, registry, head.own, depth), count)
    case columnTag.object:
      return readObjects(input, count, registry, head, depth)
    case columnTag.list:
      return readLists(input, count, registry, depth)
    case columnTag.structured:
      return readStructured(input, count, registry)
    default:
      throw corrupt(`a column of the unknown kind ${head.tag}`)
  }
}

function copied(numbers: Int32Array | Float64Array): number[] {
  const values = new Array<number>(numbers.length)
  for (let i = 0; i < numbers.length; i++) values[i] = numbers[i]!
  return values
}

function readParts(
  input: ByteReader,
  count: number,
  registry: ClassRegistry,
  parts: number,
  depth: number,
): unknown[][] {
  const columns: unknown[][] = []
  for (let p = 0; p < parts; p++) columns.push(readColumn(input, count, registry, depth + 1))
  return columns
}

/** One of the hot places: arrays made by a literal of their length are twice as fast as arrays that grow. */
function tuplesOf(parts: readonly unknown[][], count: number): unknown[][] {
  const tuples = new Array<unknown[]>(count)
  const [a, b, c] = parts as [unknown[], unknown[], unknown[]]
  if (parts.length === 2) for (let i = 0; i < count; i++) tuples[i] = [a[i], b[i]]
  else if (parts.length === 3) for (let i = 0; i < count; i++) tuples[i] = [a[i], b[i], c[i]]
  else for (let i = 0; i < count; i++) tuples[i] = parts.map(part => part[i])
  return tuples
}

function readUnion(
  input: ByteReader,
  count: number,
  registry: ClassRegistry,
  head: ColumnHead,
  depth: number,
): unknown[] {
  const selectors = input.uint8s(count)
  const counts = unionTypes.map(() => 0)
  for (const selector of selectors) {
    if (selector >= unionTypes.length) throw corrupt(`a union of ${selector + 1} types`)
    counts[selector]!++
  }
  const members = counts.map((of, selector) => {
    if (selector < 2) return new Array<unknown>(of).fill(selector === 0 ? undefined : null)
    if ((head.own & (1 << selector)) === 0) return []
    return readColumn(input, of, registry, depth + 1)
  })
  const at = unionTypes.map(() => 0)
  return Array.from(selectors, selector => members[selector]![at[selector]!++])
}

function readLists(input: ByteReader, count: number, registry: ClassRegistry, depth: number): unknown[][] {
  const { lengths, total } = readLengths(input, count)
  const items = readColumn(input, total, registry, depth + 1)
  let from = 0
  return Array.from(lengths, length => items.slice(from, (from += length)))
}

function readStructured(input: ByteReader, count: number, registry: ClassRegistry): unknown[] {
  if (count > input.left) throw corrupt(`${count} values in ${input.left} bytes`)
  const reader = new StructuredReader(input, registry)
  const values = new Array<unknown>(count)
  for (let i = 0; i < count; i++) values[i] = reader.read()
  return values
}

function readObjects(
  input: ByteReader,
  count: number,
  registry: ClassRegistry,
  head: ColumnHead,
  depth: number,
): object[] {
  const reader = new StructuredReader(input, registry)
  const names: string[] = []
  for (let i = 0; i < head.own; i++) names.push(String(reader.read()))
  const type = head.count === 2 ? classOf(registry, String(reader.read())) : undefined
  const blank = type === undefined ? () => Object.create(null) as object : () => registry.blank(type)
  const parts = readParts(input, count, registry, head.own, depth)
  const make = head.count === 0 ? literalMaker(names) : fillerOf(names, blank)
  const objects = new Array<object>(count)
  for (let i = 0; i < count; i++) objects[i] = make(parts, i)
  return objects
}

type Maker = (parts: readonly unknown[][], i: number) => object

/**
 * A function that makes the i-th object. One of the hot places: objects of a literal are some five times faster to make than by assigning names
 * that are not known beforehand, so the literal is compiled once a column. The names are quoted as JSON, nothing else of the data is in the source.
 */
function literalMaker(names: readonly string[]): Maker {
  // '__proto__' in a literal would be the prototype; the writer never makes such a column.
  if (names.includes('__proto__')) throw corrupt('a column of objects with a __proto__')
  const properties = names.map((name, p) => `${JSON.stringify(name)}: parts[${p}][i]`)
  return new Function('parts', 'i', `return { ${properties.join(', ')} }`) as Maker
}

/** The same for objects that are not literals: properties are defined, so that no setter of a class is called. */
function fillerOf(names: readonly string[], blank: () => object): Maker {
  return (parts, i) => {
    const object = blank()
    for (let p = 0; p < names.length; p++) {
      const [name, value] = [names[p]!, parts[p]![i]]
      if (name in object)
        Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
      else (object as Record<string, unknown>)[name] = value
    }
    return object
  }
}
