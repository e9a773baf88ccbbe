import { encodePairs } from '@dstream/core/engine'
import type { StoredBytes } from '../tasks/task-spec.ts'
import type { ByteStore } from '../blocks/byte-store.ts'
import type { CellMap } from './cells.ts'

type Blocks = (StoredBytes | undefined)[]

/** The pairs of one map task on their way to the reduce partitions: a column of keys and one of values for each, no pair object. */
export class ShuffleColumns {
  readonly #keys: unknown[][]
  readonly #values: unknown[][]
  readonly #partitionOf: (key: unknown) => number

  constructor(numPartitions: number, partitionOf: (key: unknown) => number) {
    this.#keys = Array.from({ length: numPartitions }, () => [])
    this.#values = Array.from({ length: numPartitions }, () => [])
    this.#partitionOf = partitionOf
  }

  readonly put = (key: unknown, value: unknown): void => {
    const partition = this.#partitionOf(key)
    this.#keys[partition]!.push(key)
    this.#values[partition]!.push(value)
  }

  putAll(cells: CellMap): this {
    for (const cell of cells) this.put(cell.key, cell.value)
    return this
  }

  /** Encodes every partition's columns. Returns the blocks and how many records they hold. */
  write(store: ByteStore): { readonly blocks: Blocks; readonly records: number; readonly bytes: number } {
    const blocks = this.#keys.map((keys, p) =>
      keys.length === 0 ? undefined : store.put(encodePairs(keys, this.#values[p]!)),
    )
    return {
      blocks,
      records: this.#keys.reduce((sum, keys) => sum + keys.length, 0),
      bytes: blocks.reduce((sum, stored) => sum + (stored?.length ?? 0), 0),
    }
  }
}
