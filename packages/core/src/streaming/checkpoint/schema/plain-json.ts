import { sharedCopy } from '../../../codec/index.ts'
import { graphFromJson, graphToJson, type Closure } from '../../../closures/index.ts'

/**
 * Plain data as JSON holds it. What JSON has no word for is an object with the one key `~`: bytes, `undefined`, bigints, dates, numbers that are not
 * finite or are -0. An object that itself has the key `~` is wrapped. Closures keep their form, their graph as closures/json.ts writes it.
 */
const tag = '~'

/** @throws TypeError for what is no plain data: functions, symbols */
export function toJson(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { [tag]: ['number', numberText(value)] }
    case 'undefined':
      return { [tag]: ['undefined'] }
    case 'bigint':
      return { [tag]: ['bigint', String(value)] }
    case 'object':
      return value === null ? null : objectToJson(value)
    default:
      throw new TypeError(`a ${typeof value} is no plain data`)
  }
}

function objectToJson(value: object): unknown {
  if (Array.isArray(value)) return Array.from(value, toJson)
  if (value instanceof Uint8Array) return { [tag]: ['bytes', Buffer.from(value).toString('base64')] }
  if (value instanceof Date) return { [tag]: ['date', value.getTime()] }
  if (isClosure(value)) return { ...value, graph: graphToJson(value.graph) }
  // An optional field that is undefined is one that is not there.
  const present = Object.entries(value).filter(([, field]) => field !== undefined)
  const fields = mapFields(present, toJson)
  return tag in value ? { [tag]: ['object', fields] } : fields
}

/** @throws TypeError when it was not written by `toJson` */
export function fromJson(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(fromJson)
  if (tag in json) return special((json as Record<string, unknown>)[tag])
  if (isClosure(json)) return { ...json, graph: graphFromJson(json.graph) }
  return mapFields(Object.entries(json), fromJson)
}

/** Made with `fromEntries`, not by assignment: `__proto__` is the name of a field like any other. */
const mapFields = (fields: readonly (readonly [string, unknown])[], f: (field: unknown) => unknown): object =>
  Object.fromEntries(fields.map(([name, field]) => [name, f(field)]))

function special(content: unknown): unknown {
  const [kind, given] = Array.isArray(content) ? (content as unknown[]) : []
  if (kind === 'undefined') return undefined
  if (kind === 'bytes' && typeof given === 'string') return sharedCopy(Buffer.from(given, 'base64')) // Bytes of a plan are shared with workers.
  if (kind === 'number' && typeof given === 'string') return given === '-0' ? -0 : Number(given)
  if (kind === 'bigint' && typeof given === 'string') return BigInt(given)
  if (kind === 'date') return new Date(typeof given === 'number' ? given : NaN)
  if (kind === 'object' && typeof given === 'object' && given !== null)
    return mapFields(Object.entries(given), fromJson)
  throw new TypeError(`${JSON.stringify(content)} is no value`)
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

const isClosure = (value: object): value is Closure =>
  (value as Partial<Closure>).kind === 'closure' && typeof (value as Partial<Closure>).graph === 'object'
