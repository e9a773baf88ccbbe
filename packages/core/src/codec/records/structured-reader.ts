import { DStreamError } from '../../errors/dstream-error.ts'
import { classesOf, type ClassRegistry, type Constructor } from '../classes.ts'
import { codecOf } from '../custom-codecs.ts'
import type { ByteReader } from './byte-reader.ts'
import { bytesTypes, corrupt, errorTypes, maxDepth, valueTag } from './format.ts'

/** Reads what StructuredWriter wrote: one column, value by value. */
export class StructuredReader {
  readonly #input: ByteReader
  readonly #registry: ClassRegistry
  readonly #names: string[] = []
  #seen: (object | undefined)[] = []
  #depth = 0

  constructor(input: ByteReader, registry: ClassRegistry) {
    this.#input = input
    this.#registry = registry
  }

  read(): unknown {
    this.#seen = []
    this.#depth = 0
    return this.#value()
  }

  #value(): unknown {
    const input = this.#input
    const tag = input.byte()
    switch (tag) {
      case valueTag.undefined:
        return undefined
      case valueTag.null:
        return null
      case valueTag.true:
        return true
      case valueTag.false:
        return false
      case valueTag.int32:
        return input.int32()
      case valueTag.float64:
        return input.float64()
      case valueTag.latin1:
        return input.latin1(input.varint())
      case valueTag.utf16:
        return input.utf16(input.varint())
      case valueTag.bigint: {
        const negative = input.byte() === 1
        const size = BigInt(`0x${this.#text()}`)
        return negative ? -size : size
      }
      case valueTag.reference:
        return this.#seen[input.varint()] ?? this.#fail('a reference to nothing')
      default:
        return this.#object(tag, undefined)
    }
  }

  /** An object of that tag; `type` is the class below the built-in, where it is an instance of one. */
  #object(tag: number, type: Constructor | undefined): object {
    if (++this.#depth > maxDepth + 1) this.#fail(`values nested deeper than ${maxDepth} levels`)
    const object = this.#contentOf(tag, type)
    this.#depth--
    return object
  }

  #contentOf(tag: number, type: Constructor | undefined): object {
    switch (tag) {
      case valueTag.array:
        return this.#array(this.#made(Array, [], type))
      case valueTag.match:
        return this.#properties(this.#match(this.#input.byte()))
      case valueTag.sparseArray:
        return this.#sparseArray(this.#made(Array, [], type))
      case valueTag.object:
        return this.#properties(this.#remember({}))
      case valueTag.bareObject:
        return this.#properties(this.#remember(Object.create(null) as object))
      case valueTag.instance:
        return this.#instance()
      case valueTag.encoded:
        return this.#encoded()
      case valueTag.subclass:
        return type === undefined ? this.#subclass(this.#class()) : this.#fail('a class below a class')
      case valueTag.map:
        return this.#map(this.#made(Map<unknown, unknown>, [], type))
      case valueTag.set:
        return this.#set(this.#made(Set<unknown>, [], type))
      case valueTag.date:
        return this.#made(Date, [this.#input.float64()], type)
      case valueTag.regexp:
        return this.#regexp(type)
      case valueTag.error:
        return this.#error(type)
      case valueTag.bytes:
        return this.#remember(this.#bytes())
      case valueTag.boxed:
        return this.#boxed()
      default:
        return this.#fail(`a value of the unknown kind ${tag}`)
    }
  }

  /** A built-in object with the prototype of `type`, whose own constructor is not run. */
  #made<T extends object, A extends unknown[]>(
    builtIn: new (...args: A) => T,
    args: A,
    type: Constructor | undefined,
  ): T {
    return this.#remember(type === undefined ? new builtIn(...args) : (Reflect.construct(builtIn, args, type) as T))
  }

  #remember<T extends object>(object: T): T {
    this.#seen.push(object)
    return object
  }

  #subclass(type: Constructor): object {
    return this.#properties(this.#object(this.#input.byte(), type))
  }

  #instance(): object {
    const instance = this.#remember(this.#registry.blank(this.#class()))
    const privates = this.#count()
    for (let i = 0; i < privates; i++) {
      const type = classesOf(instance)[this.#input.varint()]
      const access = type === undefined ? undefined : this.#registry.privatesOf(type)
      const fields = this.#properties({})
      if (access === undefined) this.#fail('private fields of a class that has none here')
      access.write(instance, fields)
    }
    return this.#properties(instance)
  }

  /** The instance is there when its codec has made it: what the codec wrote cannot refer back to it. */
  #encoded(): object {
    const type = this.#class()
    const codec = codecOf(type)
    if (codec === undefined) return this.#fail(`an encoded instance of ${type.name}, which has no codec here`)
    const at = this.#seen.push(undefined) - 1
    const instance = codec.decode(this.#value()) as object
    this.#seen[at] = instance
    return instance
  }

  #array(array: unknown[]): unknown[] {
    const length = this.#count()
    for (let i = 0; i < length; i++) array[i] = this.#value()
    return array
  }

  #match(tag: number): unknown[] {
    const array = this.#remember<unknown[]>([])
    if (tag === valueTag.array) return this.#array(array)
    return tag === valueTag.sparseArray ? this.#sparseArray(array) : this.#fail(`a match of the kind ${tag}`)
  }

  #sparseArray(array: unknown[]): unknown[] {
    const length = this.#input.varint()
    const present = this.#count()
    for (let i = 0; i < present; i++) {
      const index = this.#input.varint()
      if (index >= length) this.#fail(`item ${index} of an array of ${length}`)
      array[index] = this.#value()
    }
    array.length = length
    return array
  }

  #properties<T extends object>(object: T): T {
    const count = this.#count()
    for (let i = 0; i < count; i++) {
      const name = this.#name()
      const value = this.#value()
      // An assignment would call a setter of the class, or change the prototype for `__proto__`.
      if (name in object) define(object, name, value, true)
      else (object as Record<string, unknown>)[name] = value
    }
    return object
  }

  #map(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const size = this.#count()
    for (let i = 0; i < size; i++) {
      const key = this.#value()
      Map.prototype.set.call(map, key, this.#value())
    }
    return map
  }

  #set(set: Set<unknown>): Set<unknown> {
    const size = this.#count()
    for (let i = 0; i < size; i++) Set.prototype.add.call(set, this.#value())
    return set
  }

  #regexp(type: Constructor | undefined): RegExp {
    const source = this.#text()
    const regexp = this.#made(RegExp, [source, this.#text()] as [string, string], type)
    regexp.lastIndex = this.#input.varint()
    return regexp
  }

  #error(type: Constructor | undefined): Error {
    const name = errorTypes[this.#input.byte()] ?? this.#fail('an error of an unknown type')
    const error = this.#made(Error, [], type ?? (globalThis[name] as Constructor))
    delete error.stack
    const hidden = this.#count()
    for (let i = 0; i < hidden; i++) {
      const property = this.#name()
      define(error, property, this.#value(), false)
    }
    return this.#properties(error)
  }

  #boxed(): object {
    const place = this.#seen.push({}) - 1
    const boxed = Object(this.#value()) as object
    this.#seen[place] = boxed
    return boxed
  }

  #bytes(): object {
    const name = bytesTypes[this.#input.byte()] ?? this.#fail('bytes of an unknown type')
    const bytes = this.#input.uint8s(this.#input.varint())
    // Memory of its own, which is not shared: what is decoded is the receiver's alone.
    const buffer = new ArrayBuffer(bytes.length)
    new Uint8Array(buffer).set(bytes)
    if (name === 'ArrayBuffer') return buffer
    if (name === 'Buffer') return Buffer.from(buffer)
    const type = (globalThis as unknown as Record<string, (new (memory: ArrayBuffer) => object) | undefined>)[name]
    return type === undefined ? this.#fail(`${name}, which this Node does not have`) : new type(buffer)
  }

  /** How many values follow: each takes a byte at least, so more than what is left cannot be. */
  #count(): number {
    const count = this.#input.varint()
    return count <= this.#input.left
      ? count
      : this.#fail(`${count} values are said to follow, ${this.#input.left} bytes do`)
  }

  #name(): string {
    const number = this.#input.varint()
    if (number > 0) return this.#names[number - 1] ?? this.#fail('a name that was not given')
    const name = this.#text()
    this.#names.push(name)
    return name
  }

  #text(): string {
    const tag = this.#input.byte()
    if (tag === valueTag.latin1) return this.#input.latin1(this.#input.varint())
    return tag === valueTag.utf16
      ? this.#input.utf16(this.#input.varint())
      : this.#fail(`kind ${tag} instead of a text`)
  }

  #class(): Constructor {
    return classOf(this.#registry, this.#name())
  }

  #fail(what: string): never {
    throw corrupt(`${what} (at byte ${this.#input.at})`)
  }
}

/** The class of that name. @throws DStreamError CLASS_NOT_FOUND */
export function classOf(registry: ClassRegistry, id: string): Constructor {
  const type = registry.classOf(id)
  if (type !== undefined) return type
  throw new DStreamError(
    'CLASS_NOT_FOUND',
    `A record holds an instance of a class (${id.slice(0, 100)}) that is not known here`,
    {
      hint: 'Decode it with the registry of the program that encoded it, or of a program that has the class.',
    },
  )
}

const define = (object: object, name: string, value: unknown, enumerable: boolean): void => {
  Object.defineProperty(object, name, { value, enumerable, writable: true, configurable: true })
}
