import type { DStream } from '../streaming/dstream/dstream.ts'
import { MapWithStateDStream } from '../streaming/state/index.ts'
import type { StreamingContext } from '../streaming/context/streaming-context.ts'
import type { ManualClock } from '../time/index.ts'

/** Resolves when every batch that is due has run and is cleaned up. Awaits events, so it works with any clock. */
export function untilIdle(ssc: StreamingContext): Promise<void> {
  return ssc.run?.idle() ?? Promise.resolve()
}

/**
 * Lets `n` batches become due, one after the other, each run and cleaned up before the next.
 *
 * The context must have been made with a ManualClock.
 */
export async function runBatches(ssc: StreamingContext, n: number): Promise<void> {
  for (let i = 0; i < n && ssc.run !== undefined; i++) {
    const clock = ssc.clock as ManualClock
    clock.setTo(ssc.run.nextBatchMs)
    await untilIdle(ssc)
  }
}

/** The records of a stream in one batch. */
export interface CollectedBatch<T> {
  readonly timeMs: number
  readonly records: readonly T[]
}

/** Registers an output operation that collects the batches of a stream into the array it returns. */
export function collectBatches<T>(stream: DStream<T>): CollectedBatch<T>[] {
  const batches: CollectedBatch<T>[] = []
  stream.foreachRDD(async (rdd, time) => {
    batches.push({ timeMs: time.milliseconds, records: await rdd.collect() })
  })
  return batches
}

/** What there is to know about a stream of a started context. */
export interface StreamInsight {
  readonly slideMs: number
  /** Undefined for a stream that is not checkpointed. */
  readonly checkpointMs: number | undefined
  /** Undefined when no output operation depends on the stream. */
  readonly rememberMs: number | undefined
  /** The batch times whose RDDs the stream still holds, ascending. */
  readonly generatedTimes: readonly number[]
}

/** Looks into a stream: its intervals, and what it holds. Of a `mapWithState` those of its state. */
export function lookInto(stream: DStream<unknown>): StreamInsight {
  const { run } = stream.context as StreamingContext
  const node = stream instanceof MapWithStateDStream ? stream.stateNode : stream.node
  const retention = run?.retentionOf(node)
  return {
    slideMs: node.slideMs,
    checkpointMs: retention?.checkpointMs,
    rememberMs: retention?.rememberMs,
    generatedTimes: run?.generatedTimes(node) ?? [],
  }
}
