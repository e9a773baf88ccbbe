import { firstTick, Milliseconds, Time } from '../../time/index.ts'
import type { ClaimedCheckpoint } from '../checkpoint/claim-checkpoint.ts'
import { resumeFrom, type Resume } from '../checkpoint/resume.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { Allocation } from '../dstream/input-dstream.ts'
import { retentionOf, validateIntervals, type Retention } from '../dstream/retention.ts'
import { lastBatchMs, type DriverState } from '../write-ahead-log/driver-log/index.ts'

/** What is known of a run before anything of it exists. */
export interface RunPlan {
  /** By stream id: how long its RDDs are kept. */
  readonly retention: ReadonlyMap<number, Retention>
  /** What is taken over from an earlier run. */
  readonly resumed: Resume | undefined
  /** The batch time before the first one ever. */
  readonly zeroMs: number
  /** The first batch that the clock is waited for. */
  readonly firstMs: number
}

/** What was there when a run was started. */
export interface RunBeginning {
  readonly nowMs: number
  /** Checkpoints are written. */
  readonly checkpointed: boolean
  /** What an earlier run has left, to go on from. */
  readonly claimed: ClaimedCheckpoint | undefined
}

/** Changes nothing. @throws DStreamError when the intervals do not fit together, or the graph does not fit the checkpoint */
export function planRun(graph: StreamGraph, { nowMs, checkpointed, claimed }: RunBeginning): RunPlan {
  const roots = graph.outputs.map(output => output.parent)
  const retention = retentionOf(roots, graph.settings, graph.rememberMs)
  validateIntervals(roots, retention, checkpointed)
  // A clock of one's own may give fractions, which neither a batch nor a log can be of.
  const now = new Time(nowMs)
  if (claimed === undefined) {
    const firstMs = firstTick(now, Milliseconds(graph.batchMs)).milliseconds
    return { retention, resumed: undefined, zeroMs: firstMs - graph.batchMs, firstMs }
  }
  const resumed = resumeFrom(claimed.content, graph, retention)
  const firstMs = firstAfter(resumed, lastBatchMs(claimed.log.state) ?? -Infinity, nowMs, graph.batchMs)
  return { retention, resumed, zeroMs: resumed.zeroMs, firstMs }
}

/** The next batch time in the phase of the earlier run, and after its last batch also where the clock went back. */
function firstAfter({ zeroMs, batchMs }: Resume, lastMs: number, nowMs: number, periodMs: number): number {
  const nextMs = zeroMs + (Math.floor((nowMs - zeroMs) / periodMs) + 1) * periodMs
  return Math.max(nextMs, Math.max(batchMs, lastMs) + periodMs)
}

/** The batches that come before the one the clock is waited for. */
export interface RestartPlan {
  /** Batches from before the checkpoint's that had not ended. */
  readonly again: readonly number[]
  /** From this time on every batch is due. */
  readonly dueFromMs: number
  /** How many of them are due already: the checkpoint's, and what has been missed since. */
  readonly missed: number
  /** The first batch that no run has made: it gets what was received and waits. */
  readonly leftoverMs: number
}

/**
 * @param lastMs the last batch that an earlier run has given something to, or made of nothing
 * @see Spark's `JobGenerator.restart`
 */
export function planRestart(
  { zeroMs, batchMs, pending }: Resume,
  { firstMs, periodMs, lastMs }: Readonly<Record<'firstMs' | 'periodMs' | 'lastMs', number>>,
): RestartPlan {
  const again = pending.filter(timeMs => timeMs < batchMs)
  // Before the first batch ever there is none to be run again.
  const dueFromMs = Math.max(batchMs, zeroMs + periodMs)
  const missed = Math.max(0, Math.ceil((firstMs - dueFromMs) / periodMs))
  return { again, dueFromMs, missed, leftoverMs: Math.max(batchMs, lastMs) + periodMs }
}

/** What one input gave to batches before, oldest first. */
export const allocationsOf = (inputId: number, inputs: DriverState['inputs']): Allocation[] =>
  [...inputs].flatMap(([timeMs, ofBatch]) => {
    const range = ofBatch.get(inputId)
    return range === undefined ? [] : [{ timeMs, range }]
  })
