/** Says whether two results hold the same records, in whatever order: how many there are, and a hash that no order changes. */
export interface Checksum {
  readonly count: number
  readonly hash: number
}

/** 32-bit FNV-1a over the UTF-16 code units. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Of texts. The sum of the hashes, modulo 2^32: addition has no order. */
export function checksumOfTexts(texts: Iterable<string>): Checksum {
  let count = 0
  let hash = 0
  for (const text of texts) {
    count++
    hash = (hash + textHash(text)) >>> 0
  }
  return { count, hash }
}

/** Of (key, number) pairs, each as `key=number`. */
export function checksumOfPairs(pairs: Iterable<readonly [string, number]>): Checksum {
  return checksumOfTexts(texts(pairs))
}

function* texts(pairs: Iterable<readonly [string, number]>): Generator<string> {
  for (const [key, value] of pairs) yield `${key}=${value}`
}
