import type { TaskFunction } from '../../../closures/closure.ts'
import type { MapAsyncOptions } from '../../../rdd/operators/map-async.ts'
import type { MakeStream } from '../graph.ts'
import type { StreamNode } from '../plan/node.ts'
import { named } from './named.ts'

/** What an asynchronous function gives for each record, awaited in the task. `data` are the options. */
export const mapAsync = (
  make: MakeStream,
  parent: StreamNode,
  f: TaskFunction,
  { concurrency, ordered }: Required<MapAsyncOptions>,
): StreamNode => make(named('mapAsync', [parent], { functions: [f], data: [concurrency, ordered] }))
