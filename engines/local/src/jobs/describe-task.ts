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

/**
 * The message that has a worker run a task, and the kept partitions that the task reads there.
 *
 * @throws NotReadyError a shuffle that it would read is not there
 */
export function describeTask(
  stage: StageRun,
  partition: number,
  slot: WorkerSlot,
  { taskId, functions, kept, outputs, spill }: TaskMeans,
): { readonly message: RunTask; readonly reads: readonly PartitionName[] } {
  const { job } = stage.job
  const builder = new TaskBuilder({ functions, kept, outputs, levels: job.kept, worker: slot.number })
  const pipelines = builder.pipelines(stage.root, partition)
  const terminal = terminalOf(stage, builder)
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
  return { message, reads: builder.reads }
}

function terminalOf(stage: StageRun, builder: TaskBuilder): Terminal {
  if (stage.shuffle !== undefined) return builder.shuffleTerminal(stage.shuffle)
  const { action, origin } = stage.job.job
  if (action.kind !== 'run') return action
  return { kind: 'run', f: builder.number(action.f), async: action.async, operator: origin.action, site: origin.site }
}
