/** The `count` smallest in order, holding at most twice as many at a time. Of equal ones the earlier stays. */
export function smallest<T>(records: Iterable<T>, count: number, compare: (a: T, b: T) => number): T[] {
  if (count <= 0) return []
  let held: T[] = []
  for (const record of records) {
    held.push(record)
    if (held.length >= 2 * count + 16) held = held.sort(compare).slice(0, count)
  }
  return held.sort(compare).slice(0, count)
}
