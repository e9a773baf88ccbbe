import { JobFailedError } from '@dstream/core/engine'
import type { RunningTask } from './running-task.ts'

/** The error of a job of which a task has failed for the last time. */
export function jobFailure(
  { stage, partition }: RunningTask,
  cause: unknown,
  operator = stage.name,
  site = '',
): JobFailedError {
  const { origin, id } = stage.job.job
  const attempts = stage.attemptOf(partition)
  return new JobFailedError({ jobId: id, stageId: stage.id, partition, attempts, operator, site, origin, cause })
}
