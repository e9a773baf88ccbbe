/** Plain JSON, as the vector files hold it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

const special: Readonly<Record<string, number>> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity }

/**
 * The JavaScript value that an encoded value of the vectors stands for: a tuple, seq or bag is an array, `["some", x]` is `x`,
 * `["none"]` and `["unit"]` are `undefined`, a map is a `Map`, a long outside the safe integers is a bigint.
 *
 * @throws Error for a tag that no part of the system has yet (`vec`, `labeled`)
 */
export function decode(value: Json): unknown {
  if (!isList(value)) return value
  const [tag, ...parts] = value
  switch (tag) {
    case 'long':
      return BigInt(String(parts[0]))
    case 'double':
      return typeof parts[0] === 'number' ? parts[0] : special[String(parts[0])]
    case 'tuple':
    case 'seq':
    case 'bag':
      return parts.map(decode)
    case 'some':
      return decode(parts[0] ?? null)
    case 'none':
    case 'unit':
      return undefined
    case 'map':
      return new Map(parts.map(pair => decode(pair) as [unknown, unknown]))
    default:
      throw new Error(`The runner knows no value tagged ${JSON.stringify(tag)}`)
  }
}

/** Every element of a list of encoded values, decoded. */
export const decodeAll = (values: readonly Json[]): unknown[] => values.map(decode)

/** The encoding of what the system answered. Every array is written as a tuple: JavaScript tells a tuple and a seq apart no more than the comparison does. */
export function encode(value: unknown): Json {
  if (value === undefined) return ['none']
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return encodeNumber(value)
  if (typeof value === 'bigint') {
    return Number.isSafeInteger(Number(value)) ? Number(value) : ['long', String(value)]
  }
  if (Array.isArray(value)) return ['tuple', ...value.map(encode)]
  if (isMapLike(value)) return encodeMap(value)
  throw new Error(`The vectors have no form for ${String(value)} (${value.constructor?.name ?? typeof value})`)
}

/** The entries sorted by their JSON text, as the vectors write them. */
function encodeMap(map: MapLike): Json {
  const entries = Array.from(map.entries(), ([k, v]): Json => ['tuple', encode(k), encode(v)])
  const byText = entries.map(entry => [JSON.stringify(entry), entry] as const)
  return ['map', ...byText.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)]
}

/** Where the vectors have a double: also of a whole number. */
export function encodeDouble(value: unknown): Json {
  return ['double', Number.isFinite(value) ? Number(value) : String(value)]
}

function encodeNumber(value: number): Json {
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value
  return ['double', Number.isFinite(value) ? value : String(value)]
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** A Map, or the system's own map with value-equal keys. */
interface MapLike {
  entries(): Iterable<[unknown, unknown]>
}

function isMapLike(value: object): value is MapLike {
  return 'entries' in value && typeof value.entries === 'function'
}
