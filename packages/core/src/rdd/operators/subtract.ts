import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import type { PartitionerSpec } from '../plan/partitioner-spec.ts'
import { keys } from './keys.ts'
import { map } from './map.ts'
import { subtractByKey } from './subtract-by-key.ts'

/** The records that the other dataset has not, as often as they come. */
export function subtract(make: MakeNode, left: RddNode, right: RddNode, partitioner: PartitionerSpec): RddNode {
  const named = under(make, 'subtract')
  const paired = [left, right].map(side => map(named, side, builtin('pairWithNull'))) as [RddNode, RddNode]
  return keys(named, subtractByKey(named, ...paired, partitioner))
}
