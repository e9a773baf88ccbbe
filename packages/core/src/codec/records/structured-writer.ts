import { types } from 'node:util'
import { classNameOf, classOfInstance, privateFields, type ClassRegistry } from '../classes.ts'
import { codecOf } from '../custom-codecs.ts'
import { bytesOf, isPlainObject } from '../key-kinds.ts'
import type { ByteWriter } from './byte-writer.ts'
import { bytesTypes, errorTypes, isMatch, maxDepth, valueTag } from './format.ts'
import { classNotRegistered, livingValue, notEncodable } from './not-encodable.ts'

/**
 * Writes values one by one, with their graph: an object met again in the same value is written as a reference to the
 * first time, so shared references and cycles come back as they were. Names of properties and classes are written once a column.
 */
export class StructuredWriter {
  readonly #out: ByteWriter
  readonly #registry: ClassRegistry
  readonly #names = new Map<string, number>()
  /** The objects of the value being written, by number: looked through while few, indexed when many. */
  #seen: object[] = []
  #index: Map<object, number> | undefined
  /** Where we are in the value, for messages. */
  #path: (string | number)[] = []

  constructor(out: ByteWriter, registry: ClassRegistry) {
    this.#out = out
    this.#registry = registry
  }

  /** Writes one value. `where` names it in messages. */
  write(value: unknown, where: string): void {
    this.#seen = []
    this.#index = undefined
    this.#path = [where]
    this.#value(value)
  }

  /** Was this object part of the value that was written last? */
  met(object: object): boolean {
    return this.#numberOf(object) !== undefined
  }

  #value(value: unknown): void {
    const out = this.#out
    switch (typeof value) {
      case 'undefined':
        return out.byte(valueTag.undefined)
      case 'boolean':
        return out.byte(value ? valueTag.true : valueTag.false)
      case 'number':
        return this.#number(value)
      case 'string':
        return this.#text(value)
      case 'bigint':
        out.byte(valueTag.bigint)
        out.byte(value < 0n ? 1 : 0)
        return this.#text((value < 0n ? -value : value).toString(16))
      case 'object':
        return value === null ? out.byte(valueTag.null) : this.#object(value)
      default:
        throw this.#refused(
          typeof value === 'function' ? `the function ${value.name || '(unnamed)'}` : String(value),
          'Functions and symbols are no data: keep what they stand for in the record.',
        )
    }
  }

  #number(value: number): void {
    const small = (value | 0) === value && !Object.is(value, -0)
    this.#out.byte(small ? valueTag.int32 : valueTag.float64)
    if (small) this.#out.int32(value)
    else this.#out.float64(value)
  }

  #text(text: string): void {
    const tagAt = this.#out.at
    this.#out.byte(valueTag.latin1)
    this.#out.varint(text.length)
    if (!this.#out.characters(text)) this.#out.bytes[tagAt] = valueTag.utf16
  }

  #object(value: object): void {
    const number = this.#numberOf(value)
    if (number !== undefined) {
      this.#out.byte(valueTag.reference)
      return this.#out.varint(number)
    }
    this.#remember(value)
    if (this.#path.length > maxDepth)
      throw this.#refused(
        `something nested deeper than ${maxDepth} levels`,
        'Flatten it: a chain of records is an array.',
      )
    if (Array.isArray(value)) this.#builtIn(value, Array.prototype, () => this.#arrayOrMatch(value))
    else if (isPlainObject(value)) this.#plain(value)
    else this.#special(value)
  }

  #special(value: object): void {
    if (types.isDate(value))
      return this.#builtIn(
        value,
        Date.prototype,
        () => (this.#out.byte(valueTag.date), this.#out.float64(value.getTime())),
      )
    if (types.isMap(value)) return this.#builtIn(value, Map.prototype, () => this.#map(value))
    if (types.isSet(value)) return this.#builtIn(value, Set.prototype, () => this.#set(value))
    if (types.isRegExp(value)) return this.#builtIn(value, RegExp.prototype, () => this.#regexp(value))
    if (value instanceof Error) return this.#error(value)
    if (types.isBoxedPrimitive(value)) return this.#boxed(value)
    if (ArrayBuffer.isView(value) || types.isArrayBuffer(value)) return this.#bytes(value)
    const living = livingValue(() => this.#where(), value)
    if (living !== undefined) throw living
    const codec = codecOf(classOfInstance(value))
    this.#out.byte(codec === undefined ? valueTag.instance : valueTag.encoded)
    this.#className(value)
    if (codec !== undefined) return this.#part('<encoded>', codec.encode(value))
    this.#privates(value)
    this.#properties(value)
  }

  /** The private fields, of each class of the instance that has any. */
  #privates(value: object): void {
    const privates = privateFields(value, this.#registry)
    this.#out.varint(privates.length)
    for (const { level, fields } of privates) {
      this.#out.varint(level)
      this.#properties(fields)
    }
  }

  /** A built-in, or an instance of a class below it: then the class comes first and the properties last. */
  #builtIn(value: object, prototype: object, write: () => void): void {
    if (Object.getPrototypeOf(value) === prototype) return write()
    this.#out.byte(valueTag.subclass)
    this.#className(value)
    write()
    this.#properties(value, Array.isArray(value) ? propertiesOf(value) : undefined)
  }

  #arrayOrMatch(value: readonly unknown[]): void {
    if (!isMatch(value) || Object.getPrototypeOf(value) !== Array.prototype) return this.#array(value)
    this.#out.byte(valueTag.match)
    this.#array(value)
    this.#properties(value, propertiesOf(value))
  }

  #array(value: readonly unknown[]): void {
    const { length } = value
    for (let i = 0; i < length; i++) if (value[i] === undefined && !(i in value)) return this.#sparseArray(value)
    this.#out.byte(valueTag.array)
    this.#out.varint(length)
    for (let i = 0; i < length; i++) this.#part(i, value[i])
  }

  #sparseArray(value: readonly unknown[]): void {
    const indexes = Object.keys(value).filter(name => isIndex(name, value.length))
    this.#out.byte(valueTag.sparseArray)
    this.#out.varint(value.length)
    this.#out.varint(indexes.length)
    for (const index of indexes) {
      this.#out.varint(Number(index))
      this.#part(Number(index), value[Number(index)])
    }
  }

  #part(name: number | string, value: unknown): void {
    if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return this.#value(value)
    this.#path.push(name)
    this.#value(value)
    this.#path.pop()
  }

  #plain(value: object): void {
    this.#out.byte(Object.getPrototypeOf(value) === null ? valueTag.bareObject : valueTag.object)
    this.#properties(value)
  }

  #properties(value: object, names = Object.keys(value)): void {
    this.#out.varint(names.length)
    for (const name of names) {
      this.#name(name)
      this.#part(name, (value as Record<string, unknown>)[name])
    }
  }

  /** 0 and the text the first time, later its number. */
  #name(name: string): void {
    const known = this.#names.get(name)
    if (known !== undefined) return this.#out.varint(known)
    this.#names.set(name, this.#names.size + 1)
    this.#out.varint(0)
    this.#text(name)
  }

  #map(value: ReadonlyMap<unknown, unknown>): void {
    this.#out.byte(valueTag.map)
    this.#out.varint(value.size)
    for (const [key, of] of value) {
      this.#part('<key>', key)
      this.#part('<value>', of)
    }
  }

  #set(value: ReadonlySet<unknown>): void {
    this.#out.byte(valueTag.set)
    this.#out.varint(value.size)
    for (const member of value) this.#part('<member>', member)
  }

  #regexp(value: RegExp): void {
    this.#out.byte(valueTag.regexp)
    this.#text(value.source)
    this.#text(value.flags)
    this.#out.varint(value.lastIndex)
  }

  #boxed(value: object): void {
    const inner: unknown = (value as { valueOf(): unknown }).valueOf()
    this.#out.byte(valueTag.boxed)
    this.#value(inner)
  }

  #bytes(value: ArrayBufferView | ArrayBuffer): void {
    const type = bytesTypes.findIndex(name => classNameOf(value) === name)
    if (type < 0)
      throw this.#refused(
        `an instance of ${classNameOf(value)}`,
        'A class below a typed array cannot travel: send the bytes.',
      )
    const bytes = bytesOf(value)
    this.#out.byte(valueTag.bytes)
    this.#out.byte(type)
    this.#out.varint(bytes.length)
    this.#out.raw(bytes)
  }

  #error(value: Error): void {
    const type = errorTypes.findIndex(name => classNameOf(value) === name)
    if (type < 0) {
      this.#out.byte(valueTag.subclass)
      this.#className(value)
    }
    this.#out.byte(valueTag.error)
    this.#out.byte(Math.max(type, 0))
    const hidden = ['name', 'message', 'stack', 'cause', 'errors'].filter(
      name => Object.hasOwn(value, name) && !Object.prototype.propertyIsEnumerable.call(value, name),
    )
    this.#out.varint(hidden.length)
    for (const name of hidden) {
      this.#name(name)
      this.#part(name, (value as unknown as Record<string, unknown>)[name])
    }
    this.#properties(value)
    if (type < 0) this.#out.varint(0)
  }

  #className(value: object): void {
    const type = classOfInstance(value)
    const id = type === undefined ? undefined : this.#registry.classIdOf(type)
    if (id !== undefined) return this.#name(id)
    throw classNotRegistered(this.#where(), value)
  }

  #refused(what: string, hint: string): Error {
    return notEncodable(this.#where(), what, hint)
  }

  #where(): string {
    const [record, ...parts] = this.#path
    return (
      record +
      parts
        .map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`))
        .join('')
        .slice(0, 300)
    )
  }

  #numberOf(object: object): number | undefined {
    if (this.#index !== undefined) return this.#index.get(object)
    const at = this.#seen.indexOf(object)
    return at < 0 ? undefined : at
  }

  #remember(object: object): void {
    this.#index?.set(object, this.#seen.length)
    this.#seen.push(object)
    if (this.#seen.length === 16) this.#index = new Map(this.#seen.map((seen, number) => [seen, number]))
  }
}

/** The names of what an array has beyond its items. */
const propertiesOf = (array: readonly unknown[]): string[] =>
  Object.keys(array).filter(name => !isIndex(name, array.length))

const isIndex = (name: string, length: number): boolean => {
  const index = Number(name)
  return index < length && String(index) === name
}
