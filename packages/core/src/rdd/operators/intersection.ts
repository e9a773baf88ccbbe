import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { sideBySide } from './cogroup.ts'
import { map } from './map.ts'

/** The records that both datasets have, each once. */
export function intersection(make: MakeNode, left: RddNode, right: RddNode, partitioner: PartitionerSpec): RddNode {
  const named = under(make, 'intersection')
  const paired = [left, right].map(side => map(named, side, builtin('pairWithNull')))
  return sideBySide(named, paired, { name: 'commonKeys', partitioner, keepsKeys: false })
}
