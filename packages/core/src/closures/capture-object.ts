import { types } from 'node:util'
import type { CaptureWalk } from './capture-walk.ts'
import { classes, type Constructor } from './class-registry.ts'
import type { Entry, ObjectExtras, PrivateEntry, Ref, Scalar } from './format.ts'
import { globalPath } from './globals.ts'
import { factsOf, scriptOf } from './inspect.ts'
import { namespaceEntry } from './namespace.ts'
import { builtinOrigin, packageOrigin } from './origin.ts'
import { privatesByClass } from './private-fields.ts'
import { CaptureRefused, NotInitialised, refusals, refuseDeclared } from './refusals.ts'

type Skip = (key: string | symbol) => boolean
const nothing: Skip = () => false

/** The entry of an object that is no function. */
export function captureObject(walk: CaptureWalk, index: Ref, value: object): Entry {
  if (types.isProxy(value)) throw new CaptureRefused(refusals.proxy)
  if (value instanceof NotInitialised) throw new CaptureRefused(refusals.notInitialised(value.name))
  refuseDeclared(value)
  refuseDeclared((value as { constructor?: unknown }).constructor instanceof Function ? value.constructor : {})
  const path = globalPath(value)
  if (path !== undefined) return { kind: 'global', path }
  return (
    module(walk, value) ?? binary(walk, index, value) ?? structured(walk, index, value) ?? plain(walk, index, value)
  )
}

/** A whole package or built-in module held in a variable: recognised by identity, asked only for objects that hold functions. */
function module(walk: CaptureWalk, value: object): Entry | undefined {
  if (Array.isArray(value) || types.isModuleNamespaceObject(value)) return undefined
  const holdsFunctions = Object.values(Object.getOwnPropertyDescriptors(value)).some(
    d => typeof d.value === 'function' || d.get !== undefined,
  )
  const origin = holdsFunctions ? (builtinOrigin(value) ?? packageOrigin(value)) : undefined
  return origin && walk.entries[walk.importRef(origin, value)]
}

const bufferIds = new WeakMap<SharedArrayBuffer, string>()
let buffers = 0

function binary(walk: CaptureWalk, index: Ref, value: object): Entry | undefined {
  if (types.isSharedArrayBuffer(value)) {
    const buffer = value as SharedArrayBuffer
    const id = bufferIds.get(buffer) ?? `${process.pid}.${process.hrtime.bigint()}.${buffers++}`
    bufferIds.set(buffer, id)
    return { kind: 'shared', id, buffer }
  }
  if (types.isArrayBuffer(value)) return { kind: 'arraybuffer', bytes: new Uint8Array(value as ArrayBuffer).slice() }
  if (!ArrayBuffer.isView(value)) return undefined
  const view = value as ArrayBufferView & { length?: number }
  const type = Buffer.isBuffer(view) ? 'Buffer' : (Object.prototype.toString.call(view).slice(8, -1) as string)
  if (types.isSharedArrayBuffer(view.buffer)) {
    const buffer = walk.ref(view.buffer, index, { part: '.buffer' })
    return { kind: 'sharedView', type, buffer, offset: view.byteOffset, length: view.length ?? view.byteLength }
  }
  return { kind: 'view', type, bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice() }
}

/** Built-in classes with content of their own. */
function structured(walk: CaptureWalk, index: Ref, value: object): Entry | undefined {
  const item = (v: unknown, part: string): Ref => walk.ref(v, index, { part })
  const extras = (usual: object, skip: Skip = nothing): ObjectExtras => extrasOf(walk, index, value, usual, skip)
  if (Array.isArray(value)) return array(walk, index, value)
  if (types.isMap(value)) {
    const items = [...value].flatMap(([k, v], i) => [item(k, ` (key ${i})`), item(v, `.get(${labelOf(k, i)})`)])
    return { kind: 'map', items, ...extras(Map.prototype) }
  }
  if (types.isSet(value))
    return { kind: 'set', items: [...value].map((v, i) => item(v, ` (member ${i})`)), ...extras(Set.prototype) }
  if (types.isDate(value))
    return { kind: 'date', time: Number.isNaN(value.getTime()) ? null : value.getTime(), ...extras(Date.prototype) }
  if (types.isRegExp(value)) {
    const { source, flags, lastIndex } = value
    return { kind: 'regexp', source, flags, lastIndex, ...extras(RegExp.prototype, key => key === 'lastIndex') }
  }
  if (types.isNativeError(value)) return error(walk, index, value)
  if (types.isBoxedPrimitive(value)) {
    const held = (value as { valueOf(): unknown }).valueOf()
    const skip: Skip = key => key === 'length' || (typeof key === 'string' && /^\d+$/.test(key))
    return { kind: 'boxed', value: item(held, ''), ...extras(Object.getPrototypeOf(Object(held)) as object, skip) }
  }
  return rebuilt(value, item)
}

function labelOf(key: unknown, position: number): string {
  return typeof key === 'string' ? JSON.stringify(key) : typeof key === 'number' ? String(key) : `key ${position}`
}

const intl = [
  'Collator',
  'DateTimeFormat',
  'DisplayNames',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
] as const

/** Built-ins that are fully given by what their constructor is called with. */
function rebuilt(value: object, item: (v: unknown, part: string) => Ref): Entry | undefined {
  const made = (type: string, ...args: readonly unknown[]): Entry => ({
    kind: 'rebuilt',
    type,
    args: args.map(a => item(a, '')),
  })
  if (value instanceof URL) return made('URL', value.href)
  if (value instanceof URLSearchParams) return made('URLSearchParams', value.toString())
  if (value instanceof TextEncoder) return made('TextEncoder')
  if (value instanceof TextDecoder)
    return made('TextDecoder', value.encoding, { fatal: value.fatal, ignoreBOM: value.ignoreBOM })
  for (const type of intl) {
    if (!(value instanceof Intl[type])) continue
    const options = (value as Intl.Collator).resolvedOptions()
    return made(`Intl.${type}`, options.locale, { ...options })
  }
  return undefined
}

function array(walk: CaptureWalk, index: Ref, value: readonly unknown[]): Entry {
  const names = Object.keys(value)
  const last = value.length - 1
  // Index keys come first and ascending: the last one in its place means that there is no hole.
  const dense =
    names.length === value.length &&
    (last < 0 || names[last] === String(last)) &&
    Reflect.ownKeys(value).length === value.length + 1
  if (dense && Object.getPrototypeOf(value) === Array.prototype && Object.isExtensible(value) && value.every(isScalar))
    return { kind: 'list', values: [...value] as Scalar[] }
  const isIndex: Skip = key => key === 'length' || (typeof key === 'string' && isArrayIndex(key))
  const items: Ref[] = []
  for (let i = 0; i < value.length; i++) items.push(i in value ? walk.ref(value[i], index, { part: `[${i}]` }) : -1)
  return { kind: 'array', length: value.length, items, ...extrasOf(walk, index, value, Array.prototype, isIndex) }
}

const isArrayIndex = (key: string): boolean => String(Number(key) >>> 0) === key

function isScalar(v: unknown): boolean {
  if (typeof v === 'number') return Number.isFinite(v) && !Object.is(v, -0)
  return typeof v === 'string' || typeof v === 'boolean' || v === null
}

function error(walk: CaptureWalk, index: Ref, value: Error): Entry {
  const known =
    [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].find(
      e => value instanceof e,
    ) ?? Error
  const extras = extrasOf(walk, index, value, known.prototype, key => key === 'stack')
  const stack = { k: 'stack', v: walk.ref(value.stack, index, { part: '.stack' }), not: 2 }
  return { kind: 'error', type: known.name, ...extras, props: [...(extras.props ?? []), stack] }
}

function plain(walk: CaptureWalk, index: Ref, value: object): Entry {
  refuseLive(value)
  if (types.isModuleNamespaceObject(value)) return namespaceEntry(walk, index, value, Object.keys(value))
  if (types.isArgumentsObject(value)) return array(walk, index, Array.from(value as ArrayLike<unknown>))
  return { kind: 'object', ...extrasOf(walk, index, value, Object.prototype, nothing) }
}

/** What can be told from the value alone to be bound to this process. */
function refuseLive(value: object): void {
  const tag = Object.prototype.toString.call(value).slice(8, -1)
  if (types.isPromise(value)) throw new CaptureRefused(refusals.promise)
  if (types.isWeakMap(value) || types.isWeakSet(value) || tag === 'WeakRef' || tag === 'FinalizationRegistry')
    throw new CaptureRefused(refusals.weak(tag))
  if (types.isGeneratorObject(value) || tag.endsWith('Iterator') || tag === 'Iterator Helper')
    throw new CaptureRefused(refusals.iterator(tag))
  if (types.isExternal(value) || types.isCryptoKey(value) || types.isKeyObject(value))
    throw new CaptureRefused(refusals.live(tag))
}

/** Properties, class or prototype, integrity, private fields. */
function extrasOf(walk: CaptureWalk, index: Ref, value: object, usual: object, skip: Skip): ObjectExtras {
  const type = typeOf(walk, index, value, usual)
  const props = walk.properties(value, index, { every: true, skip })
  const integrity = Object.isExtensible(value)
    ? undefined
    : Object.isFrozen(value)
      ? 'frozen'
      : Object.isSealed(value)
        ? 'sealed'
        : 'fixed'
  const privates = type.constructor === undefined ? [] : privatesOf(walk, index, value, type.constructor)
  return {
    ...type.entry,
    ...(props.length > 0 ? { props } : {}),
    ...(integrity === undefined ? {} : { integrity }),
    ...(privates.length > 0 ? { privates } : {}),
  }
}

interface TypePart {
  readonly entry: ObjectExtras
  readonly constructor: Constructor | undefined
}

function typeOf(walk: CaptureWalk, index: Ref, value: object, usual: object): TypePart {
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === usual) return { entry: {}, constructor: undefined }
  if (prototype === null) return { entry: { bare: true }, constructor: undefined }
  const constructor = Object.hasOwn(prototype, 'constructor')
    ? (prototype as { constructor: unknown }).constructor
    : undefined
  if (typeof constructor === 'function' && isPrototypeOf(constructor, prototype)) {
    // Objects of another realm (node:vm) have a prototype of the same name there.
    if (isNative(constructor) && (globalThis as Record<string, unknown>)[constructor.name] !== constructor) {
      if (constructor.name === (usual.constructor as Constructor).name) return { entry: {}, constructor: undefined }
      throw new CaptureRefused(refusals.live(constructor.name))
    }
    refuseNodeObject(constructor)
    return { entry: { class: walk.ref(constructor, index, { part: ' (class)' }) }, constructor }
  }
  return { entry: { proto: walk.ref(prototype, index, { part: ' (prototype)' }) }, constructor: undefined }
}

/** Its own, or that of the copy that the driver makes instances with private fields of. */
function isPrototypeOf(constructor: Constructor, prototype: object): boolean {
  if (constructor.prototype === prototype) return true
  const id = classes.knownIdOf(constructor)
  return id !== undefined && classes.presentClassOf(id)?.prototype === prototype
}

const isNative = (f: Constructor): boolean => Function.prototype.toString.call(f).endsWith('{ [native code] }')

/** Instances of Node's classes (sockets, streams, servers, emitters, workers, …) hold handles and listeners. */
function refuseNodeObject(constructor: Constructor): void {
  for (
    let c: unknown = constructor;
    typeof c === 'function' && c !== Function.prototype;
    c = Object.getPrototypeOf(c)
  ) {
    if (types.isProxy(c)) throw new CaptureRefused(refusals.proxy)
    const of = globalPath(c)?.join('.') ?? ''
    if (isNative(c as Constructor)) {
      if (/^(Object|Array|Map|Set|Date|RegExp|Error|\w*Error|Number|String|Boolean|Function)$/.test(of)) continue
      throw new CaptureRefused(refusals.live((c as Constructor).name))
    }
    const { location } = factsOf(c)
    if (location && scriptOf(location.scriptId)?.url.startsWith('node:'))
      throw new CaptureRefused(refusals.live((c as Constructor).name))
  }
}

function privatesOf(walk: CaptureWalk, index: Ref, value: object, constructor: Constructor): PrivateEntry[] {
  return privatesByClass(value, constructor).flatMap(({ owner, values }) =>
    Object.entries(values).map(([name, v]) => ({
      name,
      owner: walk.ref(owner, index, { part: ' (class)' }),
      v: walk.ref(v, index, { part: `.${name}` }),
    })),
  )
}
