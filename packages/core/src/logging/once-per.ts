/** Causes beyond this many are counted together: a cause whose text changes each time must not fill the memory. */
const mostCauses = 1000
const others = 'other causes'

/** Counts what goes wrong again and again, by cause. */
export interface OncePer {
  /** One more of this cause. */
  add(cause: string, count?: number): void
  /** How often each cause was added. */
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Tells each cause when it first happens, and after that only when its count has grown tenfold: 1, 10, 100, … So a connection that is refused
 * every two seconds is one line at first and a few in a day, and no count is lost.
 *
 * @param tell gets the cause and how often it has happened by now
 * @example
 * const failures = oncePer((cause, count) => log.warn(`${cause} (${count} times)`))
 * failures.add('connection refused')
 */
export function oncePer(tell: (cause: string, count: number) => void): OncePer {
  const counts = new Map<string, number>()
  return {
    counts,
    add: (cause, count = 1) => {
      const key = counts.has(cause) || counts.size < mostCauses ? cause : others
      const before = counts.get(key) ?? 0
      const after = before + count
      counts.set(key, after)
      if (after > 0 && (before === 0 || magnitude(after) > magnitude(before))) tell(key, after)
    },
  }
}

function magnitude(count: number): number {
  return String(count).length
}
