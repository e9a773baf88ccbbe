import type { Import } from '../blocks/imports.ts'
import type { PartitionName, Storage } from '../blocks/storage.ts'
import type { ShuffleOutputs } from '../shuffle/shuffle-outputs.ts'
import { TaskBuilder } from '../stages/build-task.ts'
import type { FunctionTable } from '../stages/function-table.ts'
import type { Terminal } from '../tasks/task-spec.ts'
import type { RunTask } from '../workers/protocol.ts'
import type { WorkerSlot } from '../workers/worker-slot.ts'
import type { StageRun } from './stage-run.ts'

/** What there is for tasks to read, and the number of this one. */
export interface TaskMeans {
  readonly taskId: number
  readonly functions: FunctionTable
  readonly kept: Storage
  readonly outputs: ShuffleOutputs
  /** Memory for shuffles is full. */
  readonly spill: boolean
}

export type TaskDescription =
  | { readonly kind: 'ready'; readonly message: RunTask; readonly reads: readonly PartitionName[] }
  | { readonly kind: 'away'; readonly imports: readonly Import[]; readonly readsHere: boolean }

/**
 * The message that has a worker run a task, and the kept partitions that the task reads there.
 *
 * Where the task needs what is on other workers' heaps, there is no message: first that has to be fetched, or the task be sent to its owner.
 *
 * @throws NotReadyError a shuffle that it would read is not there
 */
export function describeTask(
  stage: StageRun,
  partition: number,
  slot: WorkerSlot,
  { taskId, functions, kept, outputs, spill }: TaskMeans,
): TaskDescription {
  const { job, imported } = stage.job
  const builder = new TaskBuilder({ functions, kept, outputs, imported, levels: job.kept, worker: slot.number })
  const pipelines = builder.pipelines(stage.root, partition)
  const terminal = terminalOf(stage, builder)
  const { reads, imports, readsHere } = builder
  if (imports.length > 0) return { kind: 'away', imports, readsHere }
  const message: RunTask = {
    type: 'run',
    taskId,
    stageId: stage.id,
    partition,
    attempt: stage.attemptOf(partition),
    batchTimeMs: job.origin.batchTimeMs,
    define: slot.unknown([...builder.functions.values()]),
    classes: slot.unknownClasses(),
    spec: { pipelines, terminal },
    spill,
  }
  return { kind: 'ready', message, reads }
}

function terminalOf(stage: StageRun, builder: TaskBuilder): Terminal {
  if (stage.shuffle !== undefined) return builder.shuffleTerminal(stage.shuffle)
  const { action, origin } = stage.job.job
  if (action.kind !== 'run') return action
  const { f, async, beside = false } = action
  return { kind: 'run', f: builder.number(f), async, beside, operator: origin.action, site: origin.site }
}
