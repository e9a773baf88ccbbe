import { builtin } from '../../closures/index.ts'
import { packed } from '../builtins/fresh-zero.ts'
import type { Dataset } from '../context.ts'
import { StatCounter, type StatData } from '../stat-counter.ts'
import { perPartition } from './per-partition.ts'

/** The sum of numbers; 0 of none. */
export const sum = (rdd: Dataset): Promise<number> =>
  rdd.context.act('sum', async jobs => {
    const f = builtin('aggregatePartition', [builtin('add')], [packed(0)])
    return (await perPartition<number>(jobs, rdd, { kind: 'run', f, async: false })).reduce((a, b) => a + b, 0)
  })

/** Count, mean, deviation, largest and smallest, in one pass. */
export const stats = (rdd: Dataset, name = 'stats'): Promise<StatCounter> =>
  rdd.context.act(name, async jobs => {
    const parts = await perPartition<StatData>(jobs, rdd, { kind: 'run', f: builtin('stats'), async: false })
    return parts.reduce((all, part) => all.mergeStats(StatCounter.fromData(part)), new StatCounter())
  })
