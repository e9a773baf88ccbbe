import type { RDD } from '../../rdd/rdd.ts'
import type { MapWithStateDStream } from '../state/map-with-state-dstream.ts'
import type { StreamGraph } from './graph.ts'
import type { StreamNode } from './plan/node.ts'

/** What a stream needs of the StreamingContext it lives in. */
export interface DStreamContext {
  /** The plan that streams add themselves to. */
  readonly graph: StreamGraph
  /** Partitions of a shuffle where nothing is said. */
  readonly defaultParallelism: number
  /** Where `print()` writes. */
  readonly write: (text: string) => void
  /** The handle of a mapWithState: the stream of what was mapped, and the state behind it. */
  mapWithStateStream<K, S, M>(mapped: StreamNode, state: StreamNode): MapWithStateDStream<K, S, M>
  /** The RDDs of a stream between two times, both included, computed where they do not exist yet. */
  slice(stream: StreamNode, fromMs: number, toMs: number): Promise<RDD<unknown>[]>
}
