import { DStreamError } from '../errors/dstream-error.ts'
import type { RddNode } from '../rdd/plan/node.ts'
import { StorageLevel } from '../rdd/storage-level.ts'

/**
 * Which nodes are to be kept, and which data of the engine nobody can ask for any more.
 *
 * Invariants:
 * 1. a node that holds a level keeps it until it is unpersisted;
 * 2. the data of a node (shuffle output, kept partitions) is released after the node has been collected as garbage, or when asked, whichever comes
 *    first; ids are never used again, so releasing twice is harmless.
 */
export class KeptData {
  readonly #release: (nodeIds: readonly number[]) => void
  readonly #levels = new Map<number, StorageLevel>()
  readonly #names = new Map<number, string>()
  readonly #collected: FinalizationRegistry<number>
  /** The nodes whose end is waited for, with the number of objects that stand for each; those that were released by hand are not in it any more. */
  readonly #watched = new Map<number, number>()
  /** Ids that were collected since the last release: one message for many. */
  #garbage: number[] = []

  constructor(release: (nodeIds: readonly number[]) => void) {
    this.#release = release
    this.#collected = new FinalizationRegistry(id => this.#onCollected(id))
  }

  /** Has data of a new node released when it becomes garbage. Only shuffles leave data behind of their own accord. */
  watch(node: RddNode): void {
    if (node.kind === 'shuffle') this.#register(node)
  }

  /** Another object that stands for a node which there is: the node is garbage when all of them are. */
  adopt(node: RddNode): void {
    const objects = this.#watched.get(node.id)
    if (objects === undefined) return
    this.#watched.set(node.id, objects + 1)
    this.#collected.register(node, node.id)
  }

  /** @throws DStreamError STORAGE_LEVEL_ASSIGNED when it has another level */
  persist(node: RddNode, level: StorageLevel): void {
    const before = this.#levels.get(node.id)
    if (before !== undefined && before !== level) {
      throw new DStreamError(
        'STORAGE_LEVEL_ASSIGNED',
        'Cannot change storage level of an RDD after it was already assigned a level',
        { hint: `It is kept as ${before.name}; call unpersist() before persist(StorageLevel.${level.name}).` },
      )
    }
    if (before !== undefined || level === StorageLevel.NONE) return
    this.#levels.set(node.id, level)
    this.#register(node)
  }

  unpersist(node: RddNode): void {
    if (this.#levels.delete(node.id)) this.#release([node.id])
  }

  levelOf(node: RddNode): StorageLevel {
    return this.#levels.get(node.id) ?? StorageLevel.NONE
  }

  /** The levels of these nodes, where they have one. */
  among(nodes: readonly RddNode[]): ReadonlyMap<number, StorageLevel> {
    if (this.#levels.size === 0) return nothingKept
    return new Map(nodes.flatMap(({ id }) => (this.#levels.has(id) ? [[id, this.#levels.get(id)!] as const] : [])))
  }

  setName(node: RddNode, name: string): void {
    this.#register(node)
    this.#names.set(node.id, name)
  }

  nameOf(node: RddNode): string | undefined {
    return this.#names.get(node.id)
  }

  /** Forgets these nodes and their data now. */
  release(nodeIds: readonly number[]): void {
    for (const id of nodeIds) {
      this.#levels.delete(id)
      this.#names.delete(id)
      this.#watched.delete(id)
    }
    if (nodeIds.length > 0) this.#release(nodeIds)
  }

  /** Drops the data of those of these nodes that hold no level. They may be used again: what is left behind then goes when they are garbage. */
  releaseUnkept(nodeIds: readonly number[]): void {
    const unkept = nodeIds.filter(id => !this.#levels.has(id))
    if (unkept.length > 0) this.#release(unkept)
  }

  #register(node: RddNode): void {
    if (this.#watched.has(node.id)) return
    this.#watched.set(node.id, 1)
    this.#collected.register(node, node.id)
  }

  #onCollected(id: number): void {
    const objects = this.#watched.get(id)
    if (objects === undefined) return
    this.#watched.set(id, objects - 1)
    if (objects > 1) return
    this.#garbage.push(id)
    if (this.#garbage.length > 1) return
    setImmediate(() => {
      const ids = this.#garbage
      this.#garbage = []
      this.release(ids)
    })
  }
}

const nothingKept: ReadonlyMap<number, StorageLevel> = new Map()
