import type { BatchFeed } from '../batches/batch-feed.ts'
import type { GeneratedRdds } from '../batches/generated-rdds.ts'
import type { RunCheckpoints } from '../checkpoint/run-checkpoints.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { Retention } from '../dstream/retention.ts'
import type { JobScheduler } from '../jobs/job-scheduler.ts'

export interface CleanUpParts {
  readonly graph: StreamGraph
  readonly retention: ReadonlyMap<number, Retention>
  readonly rdds: GeneratedRdds
  readonly feed: BatchFeed
  readonly scheduler: JobScheduler
  /** Undefined: no checkpoints are written. */
  readonly checkpoints: RunCheckpoints | undefined
  /** Where the data of RDDs is let go. */
  readonly context: {
    release(nodeIds: readonly number[]): void
    releaseUnkept(nodeIds: readonly number[]): void
  }
  /** Whether it is let go at all: `spark.streaming.unpersist`. */
  readonly unpersist: boolean
}

/** Drops what no stream remembers any more. */
export class CleanUp {
  readonly #parts: CleanUpParts
  /** The latest batch that is done. */
  #doneMs = 0

  constructor(parts: CleanUpParts) {
    this.#parts = parts
  }

  /** This batch is done. Batches before it that still run keep what they need. */
  done(timeMs: number): void {
    const { feed, graph, rdds, scheduler, checkpoints } = this.#parts
    this.#doneMs = Math.max(this.#doneMs, timeMs)
    const upToMs = Math.min(this.#doneMs, (scheduler.oldestMs ?? Infinity) - graph.batchMs)
    feed.completed(upToMs)
    // What is to be saved is read before it is released.
    checkpoints?.completed(upToMs)
    const { own, made } = rdds.forget(upToMs)
    const sinceMs = checkpoints?.neededSinceMs() ?? Infinity
    this.#forgetInputs(upToMs, sinceMs)
    checkpoints?.forgotten()
    const goneMs = upToMs - rdds.maxRememberMs
    // A restart makes no batch up to here again.
    const releasedMs = Math.min(goneMs, sinceMs)
    checkpoints?.release(releasedMs)
    const { context, unpersist } = this.#parts
    if (!unpersist) return
    context.release(own)
    context.releaseUnkept(made)
    feed.release(checkpoints?.hasBlocks === true ? releasedMs : goneMs)
  }

  /** @param sinceMs streams may have to be made again from what came after this time */
  #forgetInputs(upToMs: number, sinceMs: number): void {
    const { graph, retention } = this.#parts
    for (const input of graph.inputs) {
      const rememberMs = retention.get(input.node.id)?.rememberMs
      if (rememberMs !== undefined) input.forget(Math.min(upToMs - rememberMs, sinceMs))
    }
  }
}
