import { decodePairs, keyHash } from '@dstream/core/engine'
import type { ByteStore } from '../blocks/byte-store.ts'
import type { ShuffleBlock } from '../tasks/task-spec.ts'
import type { CellMap } from './cells.ts'
import { partsThatFit } from './memory-pressure.ts'
import { readMerged, type BytesOf, type Merge } from './read.ts'
import { ShuffleColumns } from './write.ts'

/**
 * The merged keys of one reduce partition. Where they would not fit into memory, the pairs are first spread over files by another hash of their
 * keys, and the files merged one after the other: slower, but with a bound. Each key is in one of the maps.
 *
 * @param scratch makes the store for those files, on disk
 */
export function* mergeInParts(
  blocks: readonly ShuffleBlock[],
  bytesOf: BytesOf,
  merge: Merge,
  scratch: () => ByteStore,
): Generator<CellMap> {
  const parts = partsThatFit(blocks.reduce((sum, block) => sum + block.length, 0))
  if (parts === 1) return yield readMerged(blocks, bytesOf, merge)
  const store = scratch()
  try {
    const columns = new ShuffleColumns(parts, key => partOf(key, parts), store)
    for (const block of blocks) {
      const { keys, values } = decodePairs(bytesOf(block))
      keys.forEach((key, i) => columns.put(key, values[i]))
    }
    const written = columns.finish()
    for (const part of written.blocks) if (part.length > 0) yield readMerged(part, bytesOf, merge)
  } finally {
    store.remove()
  }
}

/** Not the hash that spread the keys over partitions: all keys here have that in common. */
const partOf = (key: unknown, parts: number): number => (Math.imul(keyHash(key), 0x9e3779b1) >>> 16) & (parts - 1)
