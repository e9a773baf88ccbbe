import type { KeptPartition } from '../workers/protocol.ts'
import type { StoredBytes } from '../tasks/task-spec.ts'

/** Where a persisted partition is: on the heap of one worker, or as bytes that any worker can read. */
export type Location = { readonly worker: number } | { readonly bytes: StoredBytes }

/** The driver's list of the persisted partitions there are, by node. */
export class KeptPartitions {
  readonly #nodes = new Map<number, Map<number, Location>>()

  locate(nodeId: number, partition: number): Location | undefined {
    return this.#nodes.get(nodeId)?.get(partition)
  }

  /** Every partition of the node is there. */
  has(nodeId: number, numPartitions: number): boolean {
    return this.#nodes.get(nodeId)?.size === numPartitions
  }

  add(kept: KeptPartition, worker: number): void {
    let partitions = this.#nodes.get(kept.nodeId)
    if (partitions === undefined) this.#nodes.set(kept.nodeId, (partitions = new Map()))
    partitions.set(kept.partition, kept.bytes === undefined ? { worker } : { bytes: kept.bytes })
  }

  /** Forgets a node; returns the stored bytes, for their files to be removed, and the workers that hold live records of it. */
  release(nodeId: number): { readonly stored: readonly StoredBytes[]; readonly workers: ReadonlySet<number> } {
    const stored: StoredBytes[] = []
    const workers = new Set<number>()
    for (const location of this.#nodes.get(nodeId)?.values() ?? []) {
      if ('bytes' in location) stored.push(location.bytes)
      else workers.add(location.worker)
    }
    this.#nodes.delete(nodeId)
    return { stored, workers }
  }

  /** Forgets what was on the heap of a worker that died. Returns how many partitions that were. */
  loseWorker(worker: number): number {
    let lost = 0
    for (const partitions of this.#nodes.values())
      for (const [partition, location] of partitions)
        if ('worker' in location && location.worker === worker) {
          partitions.delete(partition)
          lost++
        }
    return lost
  }
}
