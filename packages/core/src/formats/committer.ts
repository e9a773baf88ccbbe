import { DStreamError } from '../errors/dstream-error.ts'

/** What the commit needs of a file system. Paths are its own; each answer may come at once or later. */
export interface CommitStorage {
  exists(path: string): boolean | Promise<boolean>
  /** With its parents; fine where it exists. */
  makeDirectory(path: string): void | Promise<void>
  /** The names in a directory; none where there is no directory. */
  list(path: string): readonly CommitEntry[] | Promise<readonly CommitEntry[]>
  /** A file or directory, in one step. The target does not exist, its parent does. */
  rename(from: string, to: string): void | Promise<void>
  /** A file, or a directory with all in it; fine where there is none. */
  remove(path: string): void | Promise<void>
  /** Makes an empty file. */
  touch(path: string): void | Promise<void>
}

/** A name in a directory. */
export interface CommitEntry {
  readonly name: string
  readonly isDirectory: boolean
}

/** One attempt to run a task of a job. */
export interface TaskAttempt {
  readonly partition: number
  /** 0 for the first. Two attempts that run at the same time have two numbers. */
  readonly attempt: number
}

/** A part of the commit: what it wants of the storage, one after the other. Run it by `commitAtOnce` or `commitLater`. */
export type CommitSteps<R = void> = Generator<() => unknown, R, unknown>

/** A job whose tasks write files into one directory; plain data, so that a task knows where to write. */
export interface OutputJob {
  /** The directory that is to hold the files. */
  readonly directory: string
  /** Names the job among others that write to the same directory: letters, digits, `_`. */
  readonly jobId: string
}

/*
 * Where the files of a job are, one after the other (Hadoop's FileOutputCommitter, algorithm version 1):
 *
 *   DIR/_temporary/0/_temporary/attempt_JOB_m_000003_0/part-00003     while an attempt of task 3 writes
 *   DIR/_temporary/0/task_JOB_m_000003/part-00003                     once the task is committed: one rename
 *   DIR/part-00003 and DIR/_SUCCESS                                   once the job is committed
 *
 * 1. A file outside of _temporary is whole. 2. At most one attempt of a task counts, whatever their number. 3. Nothing of an attempt that failed counts.
 * 4. _SUCCESS is there only if every file is.
 */

const jobPath = (job: OutputJob): string => `${job.directory}/_temporary/0`
const padded = (partition: number, digits: number): string => String(partition).padStart(digits, '0')

/** Where an attempt of a task writes. */
export const taskAttemptPath = (job: OutputJob, { partition, attempt }: TaskAttempt): string =>
  `${jobPath(job)}/_temporary/attempt_${job.jobId}_m_${padded(partition, 6)}_${attempt}`

const committedTaskPath = (job: OutputJob, partition: number): string =>
  `${jobPath(job)}/task_${job.jobId}_m_${padded(partition, 6)}`

/** The name of a partition's file: `part-00003` (Hadoop's old interface) or `part-r-00003` (the new one). */
export const partFileName = (partition: number, api: 'old' | 'new' = 'old', extension = ''): string =>
  `part-${api === 'new' ? 'r-' : ''}${padded(partition, 5)}${extension}`

/** Before the job: the directory must not exist. @throws DStreamError OUTPUT_EXISTS */
export function* setupJob(storage: CommitStorage, job: OutputJob): CommitSteps {
  if (yield () => storage.exists(job.directory)) {
    throw new DStreamError('OUTPUT_EXISTS', `Output directory ${job.directory} already exists`, {
      hint: 'Remove it, or write to another one: an existing output is never overwritten.',
    })
  }
  yield () => storage.makeDirectory(jobPath(job))
}

/**
 * Before a task writes: gives the empty directory for its files. What an earlier run of the same attempt left is removed.
 * @throws DStreamError FILE_NOT_FOUND when the job has no directory any more: making it anew would bring back what the end of the job has removed
 */
export function* setupTask(storage: CommitStorage, job: OutputJob, task: TaskAttempt): CommitSteps<string> {
  if (!(yield () => storage.exists(jobPath(job)))) throw gone(jobPath(job))
  const path = taskAttemptPath(job, task)
  yield () => storage.remove(path)
  yield () => storage.makeDirectory(path)
  return path
}

/**
 * The files of this attempt are those of the task, in one rename. Where another attempt was committed before, that one stays: both have the same content.
 */
export function* commitTask(storage: CommitStorage, job: OutputJob, task: TaskAttempt): CommitSteps {
  const [from, to] = [taskAttemptPath(job, task), committedTaskPath(job, task.partition)]
  if (yield () => storage.exists(to)) return yield* abortTask(storage, job, task)
  try {
    yield () => storage.rename(from, to)
  } catch (error) {
    // Another attempt may have been committed in between.
    if (!(yield () => storage.exists(to))) throw error
    yield* abortTask(storage, job, task)
  }
}

/** Removes what an attempt has written. */
export function* abortTask(storage: CommitStorage, job: OutputJob, task: TaskAttempt): CommitSteps {
  yield () => storage.remove(taskAttemptPath(job, task))
}

/**
 * Moves the files of all committed tasks into the directory, removes `_temporary`, and then writes `_SUCCESS`.
 * @param numTasks how many there must be
 * @throws DStreamError FILE_NOT_FOUND when what a task has committed is not there any more
 */
export function* commitJob(storage: CommitStorage, job: OutputJob, numTasks = 0): CommitSteps {
  for (let partition = 0; partition < numTasks; partition++) {
    const path = committedTaskPath(job, partition)
    if (!(yield () => storage.exists(path))) throw gone(path)
  }
  const tasks = (yield () => storage.list(jobPath(job))) as readonly CommitEntry[]
  for (const { name } of tasks) {
    if (name.startsWith(`task_${job.jobId}_`)) yield* merge(storage, `${jobPath(job)}/${name}`, job.directory)
  }
  yield () => storage.remove(`${job.directory}/_temporary`)
  yield () => storage.touch(`${job.directory}/_SUCCESS`)
}

/** Removes what the tasks have written; the directory too, if nothing else is in it. */
export function* abortJob(storage: CommitStorage, job: OutputJob): CommitSteps {
  yield () => storage.remove(`${job.directory}/_temporary`)
  const left = (yield () => storage.list(job.directory)) as readonly CommitEntry[]
  if (left.length === 0) yield () => storage.remove(job.directory)
}

const gone = (path: string): DStreamError =>
  new DStreamError('FILE_NOT_FOUND', `${path} was removed while the job was running`, {
    hint: 'Nothing else may write to or clean up a directory that a job writes.',
  })

/** Moves all that is in a directory into another one; what is there under the same name is replaced, directories are merged. */
function* merge(storage: CommitStorage, from: string, to: string): CommitSteps {
  const entries = (yield () => storage.list(from)) as readonly CommitEntry[]
  for (const { name, isDirectory } of entries) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`]
    const exists = yield () => storage.exists(target)
    if (exists && isDirectory) {
      yield* merge(storage, source, target)
      continue
    }
    if (exists) yield () => storage.remove(target)
    yield () => storage.rename(source, target)
  }
}

/** Runs a part of the commit over storage that answers at once. */
export function commitAtOnce<R>(steps: CommitSteps<R>): R {
  let step = steps.next()
  while (!step.done) {
    let answer: unknown
    try {
      answer = step.value()
    } catch (error) {
      step = steps.throw(error)
      continue
    }
    step = steps.next(answer)
  }
  return step.value
}

/** Runs a part of the commit over storage that answers later. */
export async function commitLater<R>(steps: CommitSteps<R>): Promise<R> {
  let step = steps.next()
  while (!step.done) {
    let answer: unknown
    try {
      answer = await step.value()
    } catch (error) {
      step = steps.throw(error)
      continue
    }
    step = steps.next(answer)
  }
  return step.value
}
