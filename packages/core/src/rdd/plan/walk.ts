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

/** One case per kind. Leave one out and the build names it. */
export type Lowering<R> = {
  readonly [K in RddNode['kind']]: (node: Extract<RddNode, { kind: K }>, parents: readonly R[]) => R
}

/** Folds the plan, parents first, each shared node once. */
export function lower<R>(root: RddNode, cases: Lowering<R>): R {
  const done = new Map<number, R>()
  for (const node of parentsFirst(root)) {
    const parents = node.parents.map(parent => done.get(parent.id) as R)
    done.set(node.id, (cases[node.kind] as (node: RddNode, parents: readonly R[]) => R)(node, parents))
  }
  return done.get(root.id) as R
}
