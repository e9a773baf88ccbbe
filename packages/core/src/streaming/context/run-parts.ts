import type { Logger } from '../../logging/index.ts'
import type { RddContext } from '../../rdd/context.ts'
import type { RddNode } from '../../rdd/plan/node.ts'
import type { Clock } from '../../time/index.ts'
import type { BatchFeed } from '../batches/batch-feed.ts'
import type { RunOutput } from '../batches/batch-planner.ts'
import type { InputInfos } from '../batches/input-info.ts'
import type { CheckpointMeans } from '../checkpoint/run-checkpoints.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { ListenerBus } from '../events/listener-bus.ts'

/** What a run needs of the SparkContext that it runs on. */
export interface RunContext extends RddContext {
  /** The number that the next new RDD node will get. */
  readonly nextNodeId: number
  /** Forgets what is kept of these RDD nodes. */
  release(nodeIds: readonly number[]): void
  releaseUnkept(nodeIds: readonly number[]): void
  /** Another object that stands for a node. */
  adopt(node: RddNode): void
  /** Cancels the jobs that output operations have started. */
  cancelJobsOfStreams(reason: string): void
}

export interface StreamingRunParts {
  readonly graph: StreamGraph
  readonly context: RunContext
  readonly clock: Clock
  readonly bus: ListenerBus
  readonly inputInfos: InputInfos
  readonly feed: BatchFeed
  readonly logger: (component: string) => Logger
  readonly runOutput: RunOutput
  readonly concurrentJobs: number
  readonly unpersist: boolean
  /** How long a graceful stop may take. */
  readonly gracefulStopMs: number
  /** Undefined: no checkpoints are written. */
  readonly checkpoints: CheckpointMeans | undefined
  /** A batch failed; the streams go on. */
  readonly onError: (error: unknown) => void
}
