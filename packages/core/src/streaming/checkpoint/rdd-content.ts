import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { PartitionerSpec } from '../../rdd/plan/partitioner-spec.ts'
import { parentsFirst } from '../../rdd/plan/walk.ts'
import type { RddContent } from './schema/index.ts'

/** The plan of a dataset as plain data. */
export const rddContent = (root: RddNode): RddContent =>
  parentsFirst(root).map(node => ({ ...node, parents: node.parents.map(parent => parent.id) }))

/** The dataset again, in this context: its nodes get new ids. */
export function rddFrom(context: RddContext, content: RddContent): RddNode {
  const made = new Map<number, RddNode>()
  let last: RddNode | undefined
  for (const { id, site, partitioner, ...node } of content) {
    const spread = <P extends PartitionerSpec>(spec: P): P =>
      spec.kind === 'range' ? { ...spec, sampled: made.get(spec.sampled)?.id ?? spec.sampled } : spec
    const renewed = {
      ...node,
      ...(partitioner === undefined ? {} : { partitioner: spread(partitioner) }),
      parents: node.parents.map(parent => made.get(parent)!),
    }
    last = context.newNode(renewed as unknown as Omit<RddNode, 'id' | 'site'> as never, site)
    made.set(id, last)
  }
  return last!
}
