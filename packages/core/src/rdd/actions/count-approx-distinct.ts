import { builtin } from '../../closures/index.ts'
import type { Dataset } from '../context.ts'
import { emptySketch, estimate, mergeSketches, precisionFor } from '../hyper-log-log.ts'
import { perPartition } from './per-partition.ts'

/** About how many different records there are, in bounded memory. */
export const countApproxDistinct = (rdd: Dataset, relativeSD: number): Promise<number> =>
  rdd.context.act('countApproxDistinct', async jobs => {
    const precision = precisionFor(relativeSD)
    const f = builtin('sketchRecords', [], [precision])
    const sketches = await perPartition<Uint8Array>(jobs, rdd, { kind: 'run', f, async: false })
    return estimate(sketches.reduce(mergeSketches, emptySketch(precision)))
  })
