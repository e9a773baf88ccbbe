import { encodePairs } from '@dstream/core/engine'
import type { ByteStore } from '../blocks/byte-store.ts'
import type { StoredBytes } from '../tasks/task-spec.ts'
import type { CellMap } from './cells.ts'
import { ASK_EVERY, memoryIsShort } from './memory-pressure.ts'

/** What was written: the blocks of each partition, in the order in which they were filled. */
export interface Written {
  readonly blocks: readonly (readonly StoredBytes[])[]
  readonly records: number
  readonly bytes: number
}

/**
 * The pairs of one map task on their way to the reduce partitions: a column of keys and one of values for each, no pair object. Where memory is
 * short, what there is becomes a block, and new columns are begun.
 */
export class ShuffleColumns {
  readonly #keys: unknown[][]
  readonly #values: unknown[][]
  readonly #blocks: StoredBytes[][]
  readonly #partitionOf: (key: unknown) => number
  readonly #store: ByteStore
  #records = 0
  #bytes = 0

  constructor(numPartitions: number, partitionOf: (key: unknown) => number, store: ByteStore) {
    this.#keys = Array.from({ length: numPartitions }, () => [])
    this.#values = Array.from({ length: numPartitions }, () => [])
    this.#blocks = Array.from({ length: numPartitions }, () => [])
    this.#partitionOf = partitionOf
    this.#store = store
  }

  readonly put = (key: unknown, value: unknown): void => {
    const partition = this.#partitionOf(key)
    this.#keys[partition]!.push(key)
    this.#values[partition]!.push(value)
    if (++this.#records % ASK_EVERY === 0 && memoryIsShort()) this.flush()
  }

  putAll(cells: CellMap): this {
    for (const cell of cells) this.put(cell.key, cell.value)
    return this
  }

  /** Makes blocks of what there is. */
  flush(): void {
    this.#keys.forEach((keys, p) => {
      if (keys.length === 0) return
      const stored = this.#store.put(encodePairs(keys, this.#values[p]!))
      this.#blocks[p]!.push(stored)
      this.#bytes += stored.length
      this.#keys[p] = []
      this.#values[p] = []
    })
  }

  finish(): Written {
    this.flush()
    return { blocks: this.#blocks, records: this.#records, bytes: this.#bytes }
  }
}
