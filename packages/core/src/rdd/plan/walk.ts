import type { RddNode } from './node.ts'

/** The nodes that `root` is made of, each once, parents before children, `root` last. A loop: lineage may be 100,000 deep. */
export function parentsFirst(root: RddNode): RddNode[] {
  const found = new Map<number, RddNode>()
  const pending = [root]
  while (pending.length > 0) {
    const node = pending.pop()!
    if (found.has(node.id)) continue
    found.set(node.id, node)
    for (const parent of node.parents) pending.push(parent)
  }
  return [...found.values()].sort((a, b) => a.id - b.id)
}
