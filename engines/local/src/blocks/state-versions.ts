import type { StateStep } from '@dstream/core/engine'

/** The versions of keyed state on this worker's heap, by node and partition. */
export class StateVersions {
  readonly #nodes = new Map<number, Map<number, StateStep>>()

  get(nodeId: number, partition: number): StateStep | undefined {
    return this.#nodes.get(nodeId)?.get(partition)
  }

  keep(nodeId: number, partition: number, step: StateStep): void {
    let partitions = this.#nodes.get(nodeId)
    if (partitions === undefined) this.#nodes.set(nodeId, (partitions = new Map()))
    partitions.set(partition, step)
  }

  drop(nodeId: number, partition: number): void {
    this.#nodes.get(nodeId)?.delete(partition)
  }

  release(nodeId: number): void {
    this.#nodes.delete(nodeId)
  }
}
