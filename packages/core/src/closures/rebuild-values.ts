import { classes } from './class-registry.ts'
import { ClosureFormatError } from './check-graph.ts'
import { type Entry, type ObjectExtras, type Ref } from './format.ts'

type ValueOf = (ref: Ref) => unknown

const primitives = new Set(['undefined', 'scalar', 'number', 'bigint', 'symbol', 'global'])

/** Whether an entry's value is complete as soon as it exists. */
export function isPrimitive(entry: Entry): boolean {
  return primitives.has(entry.kind)
}

/** The value of such an entry. */
export function primitive(entry: Entry): unknown {
  switch (entry.kind) {
    case 'scalar':
      return entry.value
    case 'number':
      return Number(entry.text)
    case 'bigint':
      return guarded(() => BigInt(entry.text), 'a bigint')
    case 'symbol':
      return entry.wellKnown ? (Symbol as unknown as Record<string, unknown>)[entry.key] : Symbol.for(entry.key)
    case 'global':
      return globalValue(entry.path)
    default:
      return undefined
  }
}

function globalValue(path: readonly string[]): unknown {
  let value: unknown = globalThis
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name]
  if (value === undefined) throw new ClosureFormatError(`this process has no ${path.join('.')}`)
  return value
}

function guarded<T>(make: () => T, what: string): T {
  try {
    return make()
  } catch (error) {
    throw new ClosureFormatError(`${what} cannot be made: ${String(error)}`, error)
  }
}

const MOST_HOLES = 0xffffffff

/** The object of an entry, without what may lead back to it. */
export function emptyObject(entry: Entry, of: ValueOf): unknown {
  switch (entry.kind) {
    case 'undefined':
      return undefined
    case 'list':
      return entry.values.slice()
    case 'cell':
      return { v: undefined }
    case 'object':
      return entry.bare === true ? Object.create(null) : {}
    case 'array':
      return []
    case 'map':
      return new Map()
    case 'set':
      return new Set()
    case 'date':
      return new Date(entry.time ?? NaN)
    case 'regexp':
      return guarded(() => new RegExp(entry.source, entry.flags), 'a regular expression')
    case 'error':
      return errorOf(entry.type)
    case 'boxed':
      return Object(of(entry.value)) as unknown
    case 'rebuilt':
      return rebuilt(entry.type, entry.args.map(of))
    case 'arraybuffer':
      return entry.bytes.slice().buffer
    case 'view':
      return viewOf(entry.type, entry.bytes)
    case 'shared':
      return entry.buffer
    case 'sharedView':
      return guarded(() => construct(entry.type, of(entry.buffer), entry.offset, entry.length), `a ${entry.type}`)
    default:
      throw new ClosureFormatError(`a ${entry.kind} is no value`)
  }
}

const errors: Readonly<Record<string, () => Error>> = {
  Error: () => new Error(),
  EvalError: () => new EvalError(),
  RangeError: () => new RangeError(),
  ReferenceError: () => new ReferenceError(),
  SyntaxError: () => new SyntaxError(),
  TypeError: () => new TypeError(),
  URIError: () => new URIError(),
  AggregateError: () => new AggregateError([]),
}

function errorOf(type: string): Error {
  const make = Object.hasOwn(errors, type) ? errors[type] : undefined
  if (make === undefined) throw new ClosureFormatError(`${type} is no kind of error`)
  return make()
}

const rebuildable = /^(URL|URLSearchParams|TextEncoder|TextDecoder|Intl\.\w+)$/

function rebuilt(type: string, args: readonly unknown[]): unknown {
  if (!rebuildable.test(type)) throw new ClosureFormatError(`${type} is not known here`)
  const constructor = globalValue(type.split('.')) as new (...args: readonly unknown[]) => unknown
  const [first, options] = args
  return guarded(
    () =>
      type === 'TextDecoder' || type.startsWith('Intl.') ? new constructor(first, options) : new constructor(...args),
    `a ${type}`,
  )
}

const views = /^(Buffer|DataView|(Ui|I)nt(8|16|32)Array|Uint8ClampedArray|Float(16|32|64)Array|Big(Ui|I)nt64Array)$/

function viewOf(type: string, bytes: Uint8Array): unknown {
  if (type === 'Buffer') return Buffer.from(bytes)
  const { buffer, byteLength } = bytes.slice()
  return guarded(() => {
    const size = (globalThis as unknown as Record<string, { BYTES_PER_ELEMENT?: number }>)[type]?.BYTES_PER_ELEMENT ?? 1
    return construct(type, buffer, 0, byteLength / size)
  }, `a ${type}`)
}

function construct(type: string, buffer: unknown, offset: number, length: number): unknown {
  if (!views.test(type)) throw new ClosureFormatError(`${type} is no kind of view`)
  if (type === 'Buffer') return Buffer.from(buffer as SharedArrayBuffer, offset, length)
  const constructor = (globalThis as unknown as Record<string, new (b: unknown, o: number, l: number) => unknown>)[type]
  if (constructor === undefined) throw new ClosureFormatError(`this process has no ${type}`)
  return new constructor(buffer, offset, length)
}

/** Puts content, class, properties and integrity into an object that exists. */
export function fillObject(value: object, entry: Entry, of: ValueOf): void {
  fillContent(value, entry, of)
  const { props, proto, bare, integrity, privates, ...rest } = entry as ObjectExtras
  const type = rest.class === undefined ? undefined : (of(rest.class) as { readonly prototype?: object })
  guarded(() => {
    if (type !== undefined) Object.setPrototypeOf(value, type.prototype ?? null)
    else if (proto !== undefined) Object.setPrototypeOf(value, of(proto) as object)
    else if (bare === true) Object.setPrototypeOf(value, null)
    for (const p of props ?? []) {
      const not = p.not ?? 0
      const flags = { enumerable: (not & 2) === 0, configurable: (not & 4) === 0 }
      const key = typeof p.k === 'number' ? (of(p.k) as symbol) : p.k
      const accessor = p.get !== undefined || p.set !== undefined
      const content = accessor
        ? { get: p.get === undefined ? undefined : of(p.get), set: p.set === undefined ? undefined : of(p.set) }
        : { value: p.v === undefined ? undefined : of(p.v), writable: (not & 1) === 0 }
      Object.defineProperty(value, key, { ...content, ...flags } as PropertyDescriptor)
    }
    if (entry.kind === 'regexp') (value as RegExp).lastIndex = entry.lastIndex
    writePrivates(value, privates ?? [], of)
    if (integrity === 'frozen') Object.freeze(value)
    else if (integrity === 'sealed') Object.seal(value)
    else if (integrity === 'fixed') Object.preventExtensions(value)
  }, 'an object')
}

function writePrivates(value: object, privates: NonNullable<ObjectExtras['privates']>, of: ValueOf): void {
  const byOwner = Map.groupBy(privates, p => p.owner)
  for (const [owner, fields] of byOwner) {
    const access = classes.accessOf(of(owner) as never)
    access?.write(value, Object.fromEntries(fields.map(p => [p.name, of(p.v)])))
  }
}

function fillContent(value: object, entry: Entry, of: ValueOf): void {
  switch (entry.kind) {
    case 'cell':
      ;(value as { v: unknown }).v = of(entry.v)
      return
    case 'array': {
      if (entry.length < entry.items.length || entry.length > MOST_HOLES)
        throw new ClosureFormatError('the length of an array is not right')
      const target = value as unknown[]
      target.length = entry.length
      entry.items.forEach((ref, i) => {
        if (ref >= 0) target[i] = of(ref)
      })
      return
    }
    case 'map':
      for (let i = 0; i < entry.items.length; i += 2)
        (value as Map<unknown, unknown>).set(of(entry.items[i] as Ref), of(entry.items[i + 1] as Ref))
      return
    case 'set':
      for (const ref of entry.items) (value as Set<unknown>).add(of(ref))
      return
    default:
  }
}
