/** What `store` takes for many records. */
export type Storable =
  | { readonly kind: 'records'; readonly records: readonly unknown[] }
  | { readonly kind: 'lines'; readonly bytes: Uint8Array }

/** Arrays, iterators (not just anything that can be iterated: a Set is a record) and bytes are many; anything else is one record. */
export function manyOf(what: unknown): Storable | undefined {
  if (Array.isArray(what)) return { kind: 'records', records: what }
  if (what instanceof Uint8Array) return { kind: 'lines', bytes: what }
  if (!isIterator(what)) return undefined
  const records: unknown[] = []
  for (let next = what.next(); next.done !== true; next = what.next()) records.push(next.value)
  return { kind: 'records', records }
}

function isIterator(what: unknown): what is Iterator<unknown> {
  return (
    typeof what === 'object' &&
    what !== null &&
    'next' in what &&
    typeof what.next === 'function' &&
    Symbol.iterator in what
  )
}
