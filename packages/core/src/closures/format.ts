/**
 * The flat table that captured functions and values are made of. Entries refer to each other by index (`Ref`), so the table may hold
 * cycles and shared references, and nothing recurses over it. It is structured-cloneable as it stands; `graphToJson` makes it JSON.
 * Written once, read by people with old checkpoints: a change that an old reader would misread needs a new version.
 */
export const FORMAT_VERSION = 1

/** The index of an entry. */
export type Ref = number
/** A property: `v` its value, or `get`/`set` its accessors. `k` is a string, or the ref of a symbol. */
export interface PropertyEntry {
  readonly k: string | Ref
  readonly v?: Ref
  readonly get?: Ref
  readonly set?: Ref
  /** Set bits say what the property is not: 1 not writable, 2 not enumerable, 4 not configurable. */
  readonly not?: number
}
/** The name of a private field (`#x`), the ref of the class that declares it, its value. */
export interface PrivateEntry {
  readonly name: string
  readonly owner: Ref
  readonly v: Ref
}
export type Scalar = string | number | boolean | null

/** What any object may have besides its content. Without `class`, `proto` and `bare` its prototype is the usual one of its kind. */
export interface ObjectExtras {
  readonly props?: readonly PropertyEntry[]
  readonly class?: Ref
  readonly proto?: Ref
  /** Its prototype is null. */
  readonly bare?: boolean
  readonly integrity?: 'frozen' | 'sealed' | 'fixed'
  readonly privates?: readonly PrivateEntry[]
}

/** One piece of code: compiled once for each `id`. */
export interface CodeEntry {
  readonly kind: 'code'
  readonly id: string
  /** An expression, or (as `form` says) one method of an object literal. */
  readonly source: string
  readonly form: 'expression' | 'method' | 'class'
  readonly name: string
  readonly strict: boolean
  /** The free variables, in the order of the `vars` of its functions. */
  readonly params: readonly string[]
  /** For each of them: `w` assigned here; `m` a member of it is; `r` only read, members only read or pure methods called; `a` anything may be done to its value. */
  readonly uses: string
  /** Keeps state in properties of itself, perhaps: never shared by tasks. */
  readonly stateful: boolean
  /** Where the source begins, lines and columns from 0; imports inside are resolved from here. Not part of the id. */
  readonly url: string
  readonly line: number
  readonly column: number
}

/** `cell` is a variable that several functions share and at least one assigns: their code says `cell.v` for it. */
export type Entry =
  | { readonly kind: 'undefined' }
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | { readonly kind: 'number'; readonly text: 'NaN' | 'Infinity' | '-Infinity' | '-0' }
  | { readonly kind: 'bigint'; readonly text: string }
  | { readonly kind: 'symbol'; readonly key: string; readonly wellKnown: boolean }
  | { readonly kind: 'global'; readonly path: readonly string[] }
  | { readonly kind: 'import'; readonly specifier: string; readonly name: string; readonly from: string }
  | { readonly kind: 'handle'; readonly name: string; readonly data: readonly Ref[] }
  | CodeEntry
  | FunctionEntry
  | ClassEntry
  | { readonly kind: 'cell'; readonly v: Ref }
  | { readonly kind: 'bound'; readonly target: Ref; readonly self: Ref; readonly args: readonly Ref[] }
  | { readonly kind: 'list'; readonly values: readonly Scalar[] }
  | (ObjectExtras & { readonly kind: 'object' })
  | (ObjectExtras & { readonly kind: 'array'; readonly length: number; readonly items: readonly Ref[] })
  | (ObjectExtras & { readonly kind: 'map'; readonly items: readonly Ref[] })
  | (ObjectExtras & { readonly kind: 'set'; readonly items: readonly Ref[] })
  | (ObjectExtras & { readonly kind: 'date'; readonly time: number | null })
  | (ObjectExtras & {
      readonly kind: 'regexp'
      readonly source: string
      readonly flags: string
      readonly lastIndex: number
    })
  | (ObjectExtras & { readonly kind: 'error'; readonly type: string })
  | (ObjectExtras & { readonly kind: 'boxed'; readonly value: Ref })
  | (ObjectExtras & { readonly kind: 'rebuilt'; readonly type: string; readonly args: readonly Ref[] })
  | { readonly kind: 'arraybuffer'; readonly bytes: Uint8Array }
  | { readonly kind: 'view'; readonly type: string; readonly bytes: Uint8Array }
  | { readonly kind: 'shared'; readonly id: string; readonly buffer: SharedArrayBuffer }
  | {
      readonly kind: 'sharedView'
      readonly type: string
      readonly buffer: Ref
      readonly offset: number
      readonly length: number
    }

export interface FunctionEntry {
  readonly kind: 'function'
  readonly code: Ref
  readonly vars: readonly Ref[]
  /** The lexical `this` and `arguments` of an arrow function. */
  readonly self?: Ref
  readonly arguments?: Ref
  /** The object whose method it is, for `super`. */
  readonly home?: Ref
  /** The class inside which it must be compiled to see private names. */
  readonly inside?: Ref
  readonly props?: readonly PropertyEntry[]
  /** What a constructor function has put on its prototype, and the prototype of that. */
  readonly protoProps?: readonly PropertyEntry[]
  readonly protoParent?: Ref
}
export interface ClassEntry {
  readonly kind: 'class'
  readonly id: string
  readonly code: Ref
  readonly vars: readonly Ref[]
  readonly heritage?: Ref
  /** Enumerable static properties, with their values at the time of capture. */
  readonly props?: readonly PropertyEntry[]
  /** Enumerable properties that were put on the prototype. */
  readonly protoProps?: readonly PropertyEntry[]
}
export type Kind = Entry['kind']

export type FieldType =
  | 'string' | 'strings' | 'number' | 'boolean' | 'scalar' | 'scalars' | 'time' | 'bytes' | 'sab'
  | 'ref' | 'refs' | 'holes' | 'props' | 'privates' | 'pairs' // prettier-ignore
type Shape = Readonly<Record<string, FieldType | `${FieldType}?`>>

const extras: Shape = {
  props: 'props?',
  class: 'ref?',
  proto: 'ref?',
  bare: 'boolean?',
  integrity: 'string?',
  privates: 'privates?',
}

/** One line per kind: what its fields are. Validation, traversal and hashing are all read off this table. */
export const SHAPES: { readonly [K in Kind]: Shape } = {
  undefined: {},
  scalar: { value: 'scalar' },
  number: { text: 'string' },
  bigint: { text: 'string' },
  symbol: { key: 'string', wellKnown: 'boolean' },
  global: { path: 'strings' },
  import: { specifier: 'string', name: 'string', from: 'string' },
  handle: { name: 'string', data: 'refs' },
  code: {
    ...{ id: 'string', source: 'string', form: 'string', name: 'string', strict: 'boolean', params: 'strings' },
    ...{ uses: 'string', stateful: 'boolean', url: 'string', line: 'number', column: 'number' },
  },
  function: {
    ...{ code: 'ref', vars: 'refs', self: 'ref?', arguments: 'ref?', home: 'ref?', inside: 'ref?' },
    ...{ props: 'props?', protoProps: 'props?', protoParent: 'ref?' },
  },
  class: { id: 'string', code: 'ref', vars: 'refs', heritage: 'ref?', props: 'props?', protoProps: 'props?' },
  cell: { v: 'ref' },
  bound: { target: 'ref', self: 'ref', args: 'refs' },
  list: { values: 'scalars' },
  object: extras,
  array: { ...extras, length: 'number', items: 'holes' },
  map: { ...extras, items: 'pairs' },
  set: { ...extras, items: 'refs' },
  date: { ...extras, time: 'time' },
  regexp: { ...extras, source: 'string', flags: 'string', lastIndex: 'number' },
  error: { ...extras, type: 'string' },
  boxed: { ...extras, value: 'ref' },
  rebuilt: { ...extras, type: 'string', args: 'refs' },
  arraybuffer: { bytes: 'bytes' },
  view: { type: 'string', bytes: 'bytes' },
  shared: { id: 'string', buffer: 'sab' },
  sharedView: { type: 'string', buffer: 'ref', offset: 'number', length: 'number' },
}

/** Calls `visit` for every ref of an entry. */
export function eachRef(entry: Entry, visit: (ref: Ref) => void): void {
  const fields = entry as unknown as Record<string, unknown>
  for (const [field, declared] of Object.entries(SHAPES[entry.kind])) {
    const value = fields[field]
    if (value === undefined) continue
    switch (declared) {
      case 'ref':
      case 'ref?':
        visit(value as Ref)
        break
      case 'refs':
      case 'pairs':
      case 'holes':
        for (const ref of value as Ref[]) if (ref >= 0) visit(ref)
        break
      case 'props?':
        for (const p of value as PropertyEntry[]) eachPropertyRef(p, visit)
        break
      case 'privates?':
        for (const p of value as PrivateEntry[]) for (const ref of [p.owner, p.v]) visit(ref)
        break
      default:
    }
  }
}

function eachPropertyRef(p: PropertyEntry, visit: (ref: Ref) => void): void {
  if (typeof p.k === 'number') visit(p.k)
  for (const ref of [p.v, p.get, p.set]) if (ref !== undefined) visit(ref)
}

/** The same entry with every ref replaced. */
export function withRefs(entry: Entry, of: (ref: Ref) => Ref): Entry {
  const result: Record<string, unknown> = { ...entry }
  const property = (p: PropertyEntry): PropertyEntry => ({
    ...p,
    k: typeof p.k === 'number' ? of(p.k) : p.k,
    ...(p.v === undefined ? {} : { v: of(p.v) }),
    ...(p.get === undefined ? {} : { get: of(p.get) }),
    ...(p.set === undefined ? {} : { set: of(p.set) }),
  })
  for (const [field, declared] of Object.entries(SHAPES[entry.kind])) {
    const value = result[field]
    if (value === undefined) continue
    if (declared === 'ref' || declared === 'ref?') result[field] = of(value as Ref)
    else if (declared === 'refs' || declared === 'pairs') result[field] = (value as Ref[]).map(of)
    else if (declared === 'holes') result[field] = (value as Ref[]).map(r => (r < 0 ? r : of(r)))
    else if (declared === 'props?') result[field] = (value as PropertyEntry[]).map(property)
    else if (declared === 'privates?')
      result[field] = (value as PrivateEntry[]).map(p => ({ name: p.name, owner: of(p.owner), v: of(p.v) }))
  }
  return result as unknown as Entry
}
