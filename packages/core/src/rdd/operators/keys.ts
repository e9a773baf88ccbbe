import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { map } from './map.ts'

/** The keys of pairs. */
export const keys = (make: MakeNode, parent: RddNode): RddNode => map(under(make, 'keys'), parent, builtin('keys'))
