/** A value as text: equal texts for equal contents. `-0` is written as `0`, for as keys they are one. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return String(value === 0 ? 0 : value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (Symbol.iterator in value) return `Map(${bag(value as Iterable<unknown>).join(',')})`
  const fields = Object.entries(value).map(([name, part]) => `${name}:${canonical(part)}`)
  return `{${fields.sort().join(',')}}`
}

/** Records as texts, in an order that says nothing about where they came from. */
export const bag = (records: Iterable<unknown>): string[] => Array.from(records, canonical).sort()

/** The same, as values: for the values of a group, whose order nobody promises. */
export const inBagOrder = <T>(records: Iterable<T>): T[] =>
  Array.from(records, record => [canonical(record), record] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, record]) => record)

const ranks = ['null', 'boolean', 'number', 'bigint', 'string', 'date', 'array', 'object', 'undefined']

function rankOf(value: unknown): number {
  if (typeof value !== 'object') return ranks.indexOf(typeof value)
  return ranks.indexOf(
    value === null ? 'null' : value instanceof Date ? 'date' : Array.isArray(value) ? 'array' : 'object',
  )
}

/** The natural order of keys, as the documentation of `compareKeys` tells it; of objects only those with the same fields. */
export function naturalOrder(a: unknown, b: unknown): number {
  const byRank = rankOf(a) - rankOf(b)
  if (byRank !== 0) return byRank
  if (Array.isArray(a) && Array.isArray(b)) {
    const parts = a.map((part, i) => (i < b.length ? naturalOrder(part, b[i]) : 1))
    return parts.find(order => order !== 0) ?? a.length - b.length
  }
  if (rankOf(a) === ranks.indexOf('object')) return naturalOrder(Object.values(a as object), Object.values(b as object))
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}
