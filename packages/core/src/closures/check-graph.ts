import { DStreamError } from '../errors/dstream-error.ts'
import { FORMAT_VERSION, SHAPES, type CodeEntry, type Entry, type FieldType, type Kind, type Ref } from './format.ts'

/** The table of a captured function cannot be read: it is damaged, or from another version. */
export class ClosureFormatError extends DStreamError<'CLOSURE_FORMAT'> {
  constructor(what: string, cause?: unknown) {
    super('CLOSURE_FORMAT', `A captured function cannot be read: ${what}`, {
      hint: 'The data is damaged, or was written by another version of dstream.',
      ...(cause === undefined ? {} : { cause }),
    })
  }
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null
const isIndex = (v: unknown, below: number): boolean =>
  Number.isInteger(v) && (v as number) >= 0 && (v as number) < below
const isScalar = (v: unknown): boolean => v === null || ['string', 'number', 'boolean'].includes(typeof v)
const all = (v: unknown, ok: (item: unknown) => boolean): boolean => Array.isArray(v) && v.every(ok)

function fits(type: FieldType, v: unknown, count: number): boolean {
  const ref = (r: unknown): boolean => isIndex(r, count)
  switch (type) {
    case 'string':
      return typeof v === 'string'
    case 'strings':
      return all(v, s => typeof s === 'string')
    case 'number':
      return typeof v === 'number' && v >= 0
    case 'boolean':
      return typeof v === 'boolean'
    case 'scalar':
      return isScalar(v)
    case 'scalars':
      return all(v, isScalar)
    case 'time':
      return v === null || typeof v === 'number'
    case 'bytes':
      return v instanceof Uint8Array
    case 'sab':
      return v instanceof SharedArrayBuffer
    case 'ref':
      return ref(v)
    case 'refs':
      return all(v, ref)
    case 'pairs':
      return all(v, ref) && (v as unknown[]).length % 2 === 0
    case 'holes':
      return all(v, r => r === -1 || ref(r))
    case 'props':
      return all(v, p => isProperty(p, ref))
    case 'privates':
      return all(v, p => isObject(p) && typeof p['name'] === 'string' && ref(p['owner']) && ref(p['v']))
  }
}

function isProperty(p: unknown, ref: (r: unknown) => boolean): boolean {
  if (!isObject(p)) return false
  const absentOrRef = (r: unknown): boolean => r === undefined || ref(r)
  const key = p['k']
  const bits = p['not']
  return (
    (typeof key === 'string' || ref(key)) &&
    absentOrRef(p['v']) &&
    absentOrRef(p['get']) &&
    absentOrRef(p['set']) &&
    (bits === undefined || isIndex(bits, 8))
  )
}

/** Checks every field, index and length of a table, so that readers need not. Throws ClosureFormatError. */
export function checkGraph(graph: {
  readonly version: unknown
  readonly root: unknown
  readonly entries: unknown
}): readonly Entry[] {
  if (!isObject(graph)) throw new ClosureFormatError('it is no table')
  if (graph.version !== FORMAT_VERSION)
    throw new ClosureFormatError(`version ${String(graph.version)}, known is ${FORMAT_VERSION}`)
  const { entries } = graph
  if (!Array.isArray(entries)) throw new ClosureFormatError('it has no entries')
  if (!isIndex(graph.root, entries.length))
    throw new ClosureFormatError(`its root is ${String(graph.root)} of ${entries.length} entries`)
  for (let i = 0; i < entries.length; i++) {
    const entry: unknown = entries[i]
    const kind = isObject(entry) ? entry['kind'] : undefined
    if (typeof kind !== 'string' || !Object.hasOwn(SHAPES, kind))
      throw new ClosureFormatError(`entry ${i} is of unknown kind ${String(kind)}`)
    for (const [field, declared] of Object.entries(SHAPES[kind as Kind])) {
      const value = (entry as Record<string, unknown>)[field]
      const optional = declared.endsWith('?')
      if (value === undefined && optional) continue
      if (!fits((optional ? declared.slice(0, -1) : declared) as FieldType, value, entries.length))
        throw new ClosureFormatError(`field ${field} of entry ${i} (${kind}) is not right`)
    }
  }
  checkReferences(entries as Entry[])
  return entries as Entry[]
}

/** Refs that must lead to an entry of a certain kind. */
function checkReferences(entries: readonly Entry[]): void {
  const expect = (from: number, ref: Ref | undefined, kinds: readonly Kind[]): void => {
    if (ref !== undefined && !kinds.includes((entries[ref] as Entry).kind))
      throw new ClosureFormatError(
        `entry ${from} refers to a ${(entries[ref] as Entry).kind}, expected ${kinds.join(' or ')}`,
      )
  }
  entries.forEach((entry, i) => {
    const constructors: readonly Kind[] = ['class', 'function', 'import', 'global', 'handle', 'bound']
    if (entry.kind === 'function' || entry.kind === 'class') {
      expect(i, entry.code, ['code'])
      const code = entries[entry.code] as CodeEntry
      if (code.params.length !== entry.vars.length || code.uses.length !== code.params.length)
        throw new ClosureFormatError(
          `entry ${i} binds ${entry.vars.length} variables, its code has ${code.params.length}`,
        )
    }
    if (entry.kind === 'function') expect(i, entry.inside, ['class'])
    if (entry.kind === 'sharedView') expect(i, entry.buffer, ['shared'])
    if ('class' in entry) expect(i, entry.class as Ref | undefined, constructors)
  })
}
