import type { StorageLevel } from '@dstream/core/engine'
import type { KeptPartition } from '../workers/protocol.ts'
import type { StoredBytes } from '../tasks/task-spec.ts'

/** Where a persisted partition is: on the heap of one worker, or as bytes that any worker can read. */
export type Location = { readonly worker: number } | { readonly bytes: StoredBytes }

/** A partition that is kept, or a version of keyed state. */
export interface Kept {
  readonly nodeId: number
  readonly partition: number
  location: Location
  /** What it takes of the storage memory: exact for bytes, estimated for live records; 0 on disk, and for state, which is not storage. */
  memoryBytes: number
  /** Undefined for a version of keyed state: that is never evicted. */
  readonly level: StorageLevel | undefined
  usedAt: number
  /** How many running tasks read it. */
  pins: number
  /** The worker that writes it to disk now; until then it stays where it is. */
  spilling: number | undefined
  /** The worker that may drop its live records when no running task reads them any more: they are on disk. */
  leftOn: number | undefined
}

/** The driver's list of the persisted partitions there are, by node. */
export class KeptPartitions {
  readonly #nodes = new Map<number, Map<number, Kept>>()

  locate(nodeId: number, partition: number): Location | undefined {
    return this.get(nodeId, partition)?.location
  }

  get(nodeId: number, partition: number): Kept | undefined {
    return this.#nodes.get(nodeId)?.get(partition)
  }

  /** Every partition of the node is there. */
  has(nodeId: number, numPartitions: number): boolean {
    return this.#nodes.get(nodeId)?.size === numPartitions
  }

  add({ nodeId, partition, bytes, size }: KeptPartition, worker: number, level: StorageLevel | undefined): Kept {
    let partitions = this.#nodes.get(nodeId)
    if (partitions === undefined) this.#nodes.set(nodeId, (partitions = new Map()))
    const location = bytes === undefined ? { worker } : { bytes }
    const onDisk = bytes !== undefined && !(bytes instanceof Uint8Array)
    const memoryBytes = onDisk ? 0 : (size ?? 0)
    const fresh = { usedAt: 0, pins: 0, spilling: undefined, leftOn: undefined }
    const kept = { nodeId, partition, location, memoryBytes, level, ...fresh }
    partitions.set(partition, kept)
    return kept
  }

  remove(nodeId: number, partition: number): void {
    const partitions = this.#nodes.get(nodeId)
    partitions?.delete(partition)
    if (partitions?.size === 0) this.#nodes.delete(nodeId)
  }

  ofNode(nodeId: number): Kept[] {
    return [...(this.#nodes.get(nodeId)?.values() ?? [])]
  }

  *[Symbol.iterator](): Iterator<Kept> {
    for (const partitions of this.#nodes.values()) yield* partitions.values()
  }
}
