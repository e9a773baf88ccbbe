import type { RddNode, ShuffleNode, StorageLevel } from '@dstream/core/engine'

/** A part of a job without a shuffle inside: the map side of one shuffle, or the result. */
export interface Stage {
  /** The shuffle it writes; undefined for the stage of the result. */
  readonly shuffle: ShuffleNode | undefined
  /** The node whose partitions its tasks compute. */
  readonly root: RddNode
  /** The shuffles it reads that are not complete. */
  readonly waitsFor: readonly ShuffleNode[]
}

/** What is there already and need not be computed. */
export interface Available {
  readonly shuffle: (node: ShuffleNode) => boolean
  readonly kept: (node: RddNode) => boolean
}

/** Cuts a job at its shuffles. Only stages whose output is missing are listed, those that are read first; the result is last. */
export function planStages(target: RddNode, available: Available): Stage[] {
  const stages = new Map<number, Stage>()
  const result: Stage = { shuffle: undefined, root: target, waitsFor: missingShuffles(target, available) }
  const pending = [...result.waitsFor]
  while (pending.length > 0) {
    const shuffle = pending.pop()!
    if (stages.has(shuffle.id)) continue
    const root = shuffle.parents[0]!
    const stage = { shuffle, root, waitsFor: missingShuffles(root, available) }
    stages.set(shuffle.id, stage)
    pending.push(...stage.waitsFor)
  }
  // A parent's id is smaller than its child's.
  const inOrder = [...stages].sort(([a], [b]) => a - b).map(([, stage]) => stage)
  return [...inOrder, result]
}

/** The nearest shuffles above a node that are not complete. */
function missingShuffles(root: RddNode, available: Available): ShuffleNode[] {
  const found: ShuffleNode[] = []
  const seen = new Set<number>()
  const pending = [root]
  while (pending.length > 0) {
    const node = pending.pop()!
    if (seen.has(node.id)) continue
    seen.add(node.id)
    if (available.kept(node)) continue
    if (node.kind !== 'shuffle') pending.push(...node.parents)
    else if (!available.shuffle(node)) found.push(node)
  }
  return found
}

/** Whether the tasks of a stage read or keep live records on a worker's heap. */
export function readsKept(root: RddNode, levels: ReadonlyMap<number, StorageLevel>): boolean {
  const seen = new Set<number>()
  const pending = [root]
  while (pending.length > 0) {
    const node = pending.pop()!
    if (seen.has(node.id)) continue
    seen.add(node.id)
    if (node.kind === 'state') return true
    const level = levels.get(node.id)
    if (level !== undefined && level.deserialized && level.useMemory) return true
    if (node.kind !== 'shuffle') pending.push(...node.parents)
  }
  return false
}
