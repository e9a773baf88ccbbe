import type { TaskFunction } from '../../closures/closure.ts'
import { builtin } from '../../closures/index.ts'
import { under, type MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'
import { map } from './map.ts'

/** A pair for each record: what `f` makes of it, and itself. */
export const keyBy = (make: MakeNode, parent: RddNode, f: TaskFunction): RddNode =>
  map(under(make, 'keyBy'), parent, builtin('keyBy', [f]))
