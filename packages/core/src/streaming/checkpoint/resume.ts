import type { DStreamError } from '../../errors/dstream-error.ts'
import type { StreamGraph } from '../dstream/graph.ts'
import type { StreamNode } from '../dstream/plan/node.ts'
import type { Retention } from '../dstream/retention.ts'
import { manyReasons, otherBatchInterval } from '../errors.ts'
import { matchStreams } from './match-streams.ts'
import type { RecoveredStream } from './recovery-report.ts'
import type { CheckpointContent, SavedTimeContent } from './schema/index.ts'

/** What a graph that starts again takes from a checkpoint. */
export interface Resume {
  readonly zeroMs: number
  /** The batch of the checkpoint: it is run again, and with it those that had not ended before it. */
  readonly batchMs: number
  readonly pending: readonly number[]
  readonly saved: readonly RestoredStream[]
  /** Streams that begin with this restart, or whose past is not whole: the time after which they have RDDs. */
  readonly beginsAfterMs: ReadonlyMap<number, number>
  /** What each input stream (by its number now) remembered. */
  readonly memories: ReadonlyMap<number, unknown>
  readonly streams: readonly RecoveredStream[]
}

export interface RestoredStream {
  readonly stream: StreamNode
  readonly times: readonly SavedTimeContent[]
  /** Those that are not used, since batches that are run again need what was before. They are kept. */
  readonly unused: readonly SavedTimeContent[]
  readonly fromTheBeginning: boolean
}

/** A program beside a checkpoint: what it would take from it, and everything that keeps it from doing so. */
export interface Comparison extends Resume {
  readonly problems: readonly DStreamError[]
}

/**
 * Puts the streams of a program beside those of a checkpoint, by their keys. What holds something and means the same keeps it.
 * @param retention empty where it is not known yet
 */
export function compareWithCheckpoint(
  content: CheckpointContent,
  graph: StreamGraph,
  retention: ReadonlyMap<number, Retention>,
): Comparison {
  const { zeroMs, batchMs, pending } = content.progress
  const matched = matchStreams(content, graph, retention)
  const problems = [...matched.problems]
  if (content.graph.batchMs !== graph.batchMs)
    problems.unshift(otherBatchInterval(content.graph.batchMs, graph.batchMs))
  return { zeroMs, batchMs, pending, ...matched, problems }
}

/** @throws DStreamError CHECKPOINT_BATCH_INTERVAL, DUPLICATE_UID, STATE_VERSION; CHECKPOINT_REFUSED where several of them hold */
export function resumeFrom(
  content: CheckpointContent,
  graph: StreamGraph,
  retention: ReadonlyMap<number, Retention>,
): Resume {
  const compared = compareWithCheckpoint(content, graph, retention)
  refuseProblems(compared.problems)
  return compared
}

/** Throws what keeps a program from going on, all of it. */
export function refuseProblems(problems: readonly DStreamError[]): void {
  const [first] = problems
  if (first === undefined) return
  throw problems.length === 1 ? first : manyReasons(problems)
}
