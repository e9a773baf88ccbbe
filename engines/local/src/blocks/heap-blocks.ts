/** Persisted partitions kept as live records on this worker's heap, by node and partition. */
export class HeapBlocks {
  readonly #blocks = new Map<number, Map<number, readonly unknown[]>>()

  get(nodeId: number, partition: number): readonly unknown[] | undefined {
    return this.#blocks.get(nodeId)?.get(partition)
  }

  keep(nodeId: number, partition: number, records: readonly unknown[]): void {
    let partitions = this.#blocks.get(nodeId)
    if (partitions === undefined) this.#blocks.set(nodeId, (partitions = new Map()))
    partitions.set(partition, records)
  }

  drop(nodeId: number, partition: number): void {
    this.#blocks.get(nodeId)?.delete(partition)
  }

  release(nodeId: number): void {
    this.#blocks.delete(nodeId)
  }
}
