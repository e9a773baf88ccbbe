import type { Exchange } from './exchange.ts'

/** Adds the words of the lines to the counts: the loop that the engine's stage is held against. */
export function addWords(counts: Map<string, number>, lines: readonly string[]): void {
  for (const line of lines) {
    for (const word of line.split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
}

/** Which of the two threads a key belongs to. */
export function ownerOf(key: string): number {
  let hash = 0
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0
  hash ^= hash >>> 15
  return (hash ^ (hash >>> 7)) & 1
}

/** One thread's counts, and the other's of the keys that belong to this one. Without an exchange: the counts as they are. */
export function reduceByKey(
  counts: Map<string, number>,
  me: number,
  exchange: Exchange | undefined,
): Map<string, number> {
  if (exchange === undefined) return counts
  const own = new Map<string, number>()
  const keys: string[] = []
  const values: number[] = []
  for (const [key, n] of counts) {
    if (ownerOf(key) === me) own.set(key, n)
    else {
      keys.push(key)
      values.push(n)
    }
  }
  const theirs = exchange.swap({ keys, values })
  theirs.keys.forEach((key, i) => own.set(key, (own.get(key) ?? 0) + (theirs.values[i] ?? 0)))
  return own
}
