import { countShared } from '@dstream/core/engine'
import type { StoredBytes } from '../tasks/task-spec.ts'

type Blocks = readonly (readonly StoredBytes[])[]

interface Output {
  /** Which run of the shuffle this is, of all runs of all shuffles. */
  readonly run: number
  /** By map partition and reduce partition; undefined where the map task has not written yet. */
  readonly maps: (Blocks | undefined)[]
  missing: number
}

/**
 * The driver's list of what map tasks have written, by shuffle node. The bytes are in shared memory or files, so they outlive the worker that
 * wrote them.
 */
export class ShuffleOutputs {
  readonly #outputs = new Map<number, Output>()
  #bytesInMemory = 0
  #runs = 0

  /** What is held in shared memory for all shuffles. */
  get bytesInMemory(): number {
    return this.#bytesInMemory
  }

  /** Whether all map tasks have written; where there are none, there is nothing to wait for. */
  isComplete(nodeId: number, numMaps: number): boolean {
    return numMaps === 0 || this.#outputs.get(nodeId)?.missing === 0
  }

  /** The map partitions that have not written yet. */
  missing(nodeId: number, numMaps: number): number[] {
    const maps = this.#outputs.get(nodeId)?.maps
    return Array.from({ length: numMaps }, (_, i) => i).filter(i => maps?.[i] === undefined)
  }

  /** Takes what a map task has written. Returns what is not needed: another run of the task has written before. */
  add(nodeId: number, map: number, numMaps: number, blocks: Blocks): StoredBytes[] {
    let output = this.#outputs.get(nodeId)
    if (output === undefined)
      this.#outputs.set(
        nodeId,
        (output = { run: ++this.#runs, maps: new Array(numMaps).fill(undefined), missing: numMaps }),
      )
    if (output.maps[map] !== undefined) return blocks.flat().filter(block => block !== undefined)
    output.maps[map] = blocks
    output.missing--
    const shared = inMemory(blocks)
    for (const block of shared) countShared(block)
    this.#bytesInMemory += sizeOf(shared)
    return []
  }

  /** What all map tasks wrote for one reduce partition, in the order of the map partitions. */
  blocksOf(nodeId: number, reduce: number): StoredBytes[] {
    return this.#outputs.get(nodeId)?.maps.flatMap(blocks => blocks?.[reduce] ?? []) ?? []
  }

  /** Which run of a shuffle is there; 0 for none. What is computed anew is another one. */
  runOf(nodeId: number): number {
    return this.#outputs.get(nodeId)?.run ?? 0
  }

  /** Forgets a shuffle; returns its stored bytes, for their files to be removed. */
  release(nodeId: number): StoredBytes[] {
    const output = this.#outputs.get(nodeId)
    if (output === undefined) return []
    this.#outputs.delete(nodeId)
    const blocks = output.maps.flatMap(map => map ?? [])
    this.#bytesInMemory -= sizeOf(inMemory(blocks))
    return blocks.flat()
  }
}

const inMemory = (blocks: Blocks): Uint8Array[] => blocks.flat().filter(block => block instanceof Uint8Array)

const sizeOf = (blocks: readonly Uint8Array[]): number => blocks.reduce((sum, block) => sum + block.byteLength, 0)
