import type { RddNode } from '../plan/node.ts'

/**
 * The plan with some of its nodes replaced, by id. Nodes above those are made anew under their own ids, since they are the same datasets; `onNew` is told
 * of each. Looks only at nodes that are younger than the oldest replaced one: older ones cannot be made of it.
 */
export function replaceNodes(
  root: RddNode,
  replaced: ReadonlyMap<number, RddNode>,
  onNew: (node: RddNode) => void = () => {},
): RddNode {
  const oldest = Math.min(...replaced.keys())
  const done = new Map(replaced)
  for (const node of youngerThan(root, oldest, replaced)) {
    if (!node.parents.some(parent => (done.get(parent.id) ?? parent) !== parent)) continue
    const renewed = { ...node, parents: node.parents.map(parent => done.get(parent.id) ?? parent) }
    done.set(node.id, renewed)
    onNew(renewed)
  }
  return done.get(root.id) ?? root
}

/** Parents first. */
function youngerThan(root: RddNode, id: number, except: ReadonlyMap<number, RddNode>): RddNode[] {
  const found = new Map<number, RddNode>()
  const pending = [root]
  while (pending.length > 0) {
    const node = pending.pop()!
    if (node.id <= id || except.has(node.id) || found.has(node.id)) continue
    found.set(node.id, node)
    pending.push(...node.parents)
  }
  return [...found.values()].sort((a, b) => a.id - b.id)
}
