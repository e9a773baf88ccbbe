import type { Checksum } from './checksum.ts'

/** What the engine did in one job, counted from its events. */
export interface JobCount {
  /** Stages submitted: a stage that was skipped, because its shuffle was there already, is not among them. */
  readonly stages: number
  /** Tasks that ended without an error. */
  readonly tasks: number
}

/** What a run has to show for its figures. */
export interface Evidence {
  /** Of the result of a batch like the measured ones. */
  readonly checksum: Checksum
  /** Of the same work by hand. */
  readonly expected: Checksum
  /** What each measured batch counted. */
  readonly counts: readonly number[]
  /** What each measured job did. */
  readonly jobs: readonly JobCount[]
  /** What a job of this workload has to do when nothing is reused. */
  readonly perJob: JobCount
  /** What the first one has to do, where that is not the same. */
  readonly firstJob?: JobCount | undefined
  /** Workers that ended a task of a measured job. */
  readonly workers: ReadonlySet<number>
  /** Workers there are. */
  readonly parallelism: number
}

/** Why the figures are worth nothing, if they are: an empty list is a proof. */
export function flaws(evidence: Evidence): string[] {
  return [...wrongResult(evidence), ...reusedWork(evidence), ...idleWorkers(evidence)]
}

function wrongResult({ checksum, expected, counts }: Evidence): string[] {
  const found: string[] = []
  if (checksum.count !== expected.count || checksum.hash !== expected.hash) {
    found.push(
      `the result (${checksum.count} records, hash ${checksum.hash}) is not that of the floor (${expected.count}, ${expected.hash})`,
    )
  }
  const wrong = counts.findIndex(count => count !== expected.count)
  if (wrong >= 0) found.push(`batch ${wrong + 1} counted ${counts[wrong]} records instead of ${expected.count}`)
  if (counts.length === 0) found.push('no batch was counted')
  return found
}

function reusedWork({ jobs, perJob, firstJob = perJob, counts }: Evidence): string[] {
  const found: string[] = []
  if (jobs.length < counts.length) found.push(`only ${jobs.length} jobs were seen for ${counts.length} batches`)
  const asked = (i: number): JobCount => (i === 0 ? firstJob : perJob)
  const lazy = jobs.findIndex((job, i) => job.stages !== asked(i).stages || job.tasks !== asked(i).tasks)
  const job = jobs[lazy]
  if (job !== undefined) {
    found.push(
      `job ${lazy + 1} ran ${job.stages} stages with ${job.tasks} tasks instead of ${asked(lazy).stages} with ${asked(lazy).tasks}: something was reused or run again`,
    )
  }
  return found
}

function idleWorkers({ workers, parallelism }: Evidence): string[] {
  return workers.size === parallelism ? [] : [`user code ran on ${workers.size} of ${parallelism} workers`]
}
