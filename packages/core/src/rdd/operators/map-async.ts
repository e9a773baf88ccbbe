import { builtin } from '../../closures/index.ts'
import type { TaskFunction } from '../../closures/closure.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import type { MakeNode } from '../context.ts'
import type { RddNode } from '../plan/node.ts'

export interface MapAsyncOptions {
  /** Calls that are under way at a time, in each task. Default 16. */
  readonly concurrency?: number
  /** Keep the order of the records; else results come as they are ready. Default true. */
  readonly ordered?: boolean
}

/** What an asynchronous function gives for each record, awaited in the task. */
export const mapAsync = (
  make: MakeNode,
  parent: RddNode,
  f: TaskFunction,
  options: Required<MapAsyncOptions>,
): RddNode =>
  make({
    kind: 'narrow',
    operator: 'mapAsync',
    parents: [parent],
    numPartitions: parent.numPartitions,
    step: { op: 'mapPartitions', f: builtin('mapAsync', [f], [options.concurrency, options.ordered]), async: true },
  })

/** @throws DStreamError MAP_ASYNC_CONCURRENCY */
export function mapAsyncOptions({ concurrency = 16, ordered = true }: MapAsyncOptions): Required<MapAsyncOptions> {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new DStreamError(
      'MAP_ASYNC_CONCURRENCY',
      `mapAsync needs a whole number of calls at a time, not ${concurrency}`,
      {
        hint: 'Give { concurrency: n }, with n at least 1.',
      },
    )
  return { concurrency, ordered }
}
