import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { map } from './map.ts'

/** The values of pairs. */
export const values = (make: MakeNode, parent: RddNode): RddNode =>
  map(under(make, 'values'), parent, builtin('values'))
