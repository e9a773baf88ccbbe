import type { DStreamError } from '../../../errors/dstream-error.ts'
import type { StreamGraph } from '../../dstream/graph.ts'
import { retentionOf, validateIntervals } from '../../dstream/retention.ts'
import { noOutputs } from '../../errors.ts'
import { describeGraph } from '../describe-graph.ts'
import type { FoundCheckpoint } from '../read-checkpoint.ts'
import { configurationChanges, type ConfigurationChange, type RecoveredStream } from '../recovery-report.ts'
import { compareWithCheckpoint } from '../resume.ts'
import { operatorChanges, type OperatorChanges } from './operator-changes.ts'

/** What would come of starting a program from a checkpoint. Times are epoch milliseconds. */
export interface CheckpointDiff {
  /** `refused`: it would not start. `differs`: something would be changed, dropped or added, or is configured otherwise. */
  readonly outcome: 'same' | 'differs' | 'refused'
  /** The checkpoint that it would go on from; undefined where there is none that can be used. */
  readonly file: string | undefined
  /** Newer ones that cannot be used, and why. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[]
  /** Everything that keeps the program from going on. */
  readonly problems: readonly DiffProblem[]
  /** Inputs and streams that hold something: what would become of it. */
  readonly streams: readonly RecoveredStream[]
  /** The streams that hold nothing, and outputs. */
  readonly operators: OperatorChanges
  /** The program's own values would count. */
  readonly configuration: readonly ConfigurationChange[]
  /** Batches that would be run again; those that were missed meanwhile come after them. */
  readonly batchesAgain: readonly number[]
}

export interface DiffProblem {
  readonly code: string
  readonly message: string
}

/** Where a program is, as far as a comparison needs it. */
export interface ComparedCheckpoint extends FoundCheckpoint {
  /** Batches later than the checkpoint's that the driver's log knows. */
  readonly batchesAfter: readonly number[]
}

/** Puts a program that has not been started beside a checkpoint. Changes nothing. */
export function diffProgram(
  { content, file, skipped, batchesAfter }: ComparedCheckpoint,
  graph: StreamGraph,
  configurationNow: readonly (readonly [string, string])[],
): CheckpointDiff {
  const roots = graph.outputs.map(output => output.parent)
  const retention = retentionOf(roots, graph.settings, graph.rememberMs)
  const { problems, streams, batchMs, pending } = compareWithCheckpoint(content, graph, retention)
  const all = [...problems, ...problemsOf(() => checkProgram(graph, roots, retention))].map(problemOf)
  // Without keys of its own for every stream the program has no description.
  const described = problems.some(({ code }) => code === 'DUPLICATE_UID') ? undefined : describeGraph(graph).content
  const operators = operatorChanges(content.graph, described)
  const configuration = configurationChanges(content.application.configuration, configurationNow)
  const changes = streams.some(({ outcome }) => outcome !== 'kept') || configuration.length > 0 || operators.any
  return {
    outcome: all.length > 0 ? 'refused' : changes ? 'differs' : 'same',
    ...{ file, skipped, problems: all, streams, operators: operators.changes, configuration },
    batchesAgain: [...new Set([...pending, batchMs, ...batchesAfter])].sort((a, b) => a - b),
  }
}

/** What comes of a program that does not get as far as to be compared. */
export const refusedProgram = (error: DStreamError): CheckpointDiff => ({
  outcome: 'refused',
  file: undefined,
  skipped: [],
  problems: [problemOf(error)],
  streams: [],
  operators: { changed: [], added: [], dropped: [] },
  configuration: [],
  batchesAgain: [],
})

function checkProgram(
  graph: StreamGraph,
  ...[roots, retention]: [Parameters<typeof validateIntervals>[0], Parameters<typeof validateIntervals>[1]]
): void {
  // prettier-ignore
  if (graph.outputs.length === 0) throw noOutputs()
  validateIntervals(roots, retention, true)
}

function problemsOf(check: () => void): DStreamError[] {
  try {
    check()
    return []
  } catch (error) {
    return [error as DStreamError]
  }
}

const problemOf = ({ code, message }: DStreamError): DiffProblem => ({ code, message })
