import { hash } from 'node:crypto'
import { DStreamError } from '../errors/dstream-error.ts'

/** What the commit needs of a file system. Paths are its own; each answer may come at once or later. */
export interface CommitStorage {
  exists(path: string): boolean | Promise<boolean>
  /** With its parents; fine where it exists. */
  makeDirectory(path: string): void | Promise<void>
  /** In a directory that is there: fails where it is not. */
  makeSubdirectory(path: string): void | Promise<void>
  /** The names in a directory; none where there is no directory. */
  list(path: string): readonly CommitEntry[] | Promise<readonly CommitEntry[]>
  /** A file or directory, in one step. The target does not exist, its parent does. */
  rename(from: string, to: string): void | Promise<void>
  /** A file, or a directory with all in it; fine where there is none. */
  remove(path: string): void | Promise<void>
  /** Makes a file, at once: nobody sees a part of it. It is safe when this has ended, and so is what was moved into its directory before. */
  write(path: string, content: string): void | Promise<void>
  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined | Promise<string | undefined>
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
  /**
   * What is written, where the same may have to be written again after a restart: the batch of a stream. A directory that this owner has begun is
   * begun anew, one that it has finished stays as it is. Without an owner every directory that exists is refused.
   */
  readonly owner?: string
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
 *
 * With an owner, whose job may be run again after a crash between any two steps:
 *
 *   DIR/_temporary/owner-HASH      before anything else is in DIR, until DIR/_SUCCESS, which then holds the owner's name
 *
 * 5. What is in a directory with the owner's mark was written for it: it is removed before the job writes again.
 * 6. What is in a directory whose _SUCCESS names the owner is the whole output, and never changes.
 * 7. Every other directory with something in it belongs to somebody else, and is refused.
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

/**
 * Before the job: the directory must not exist, unless an earlier run of the job with the same owner has made it. False when that one has finished: then
 * there is nothing to write.
 * @throws DStreamError OUTPUT_EXISTS
 */
export function* setupJob(storage: CommitStorage, job: OutputJob): CommitSteps<boolean> {
  const { directory, owner } = job
  if (owner === undefined) {
    if (yield () => storage.exists(directory)) throw outputExists(directory)
  } else if (yield* wasFinished(storage, directory, owner)) return false
  yield () => storage.makeDirectory(`${jobPath(job)}/_temporary`)
  return true
}

/** Whether the owner's output is there. If not, the directory is the owner's and empty when this has ended. */
function* wasFinished(storage: CommitStorage, directory: string, owner: string): CommitSteps<boolean> {
  const [temporary, mark] = [`${directory}/_temporary`, ownerMark(owner)]
  const finished = yield () => storage.read(`${directory}/_SUCCESS`)
  if (finished === owner) {
    yield () => storage.remove(temporary)
    return true
  }
  const begun = (yield () => storage.list(temporary)) as readonly CommitEntry[]
  const others = (yield () => storage.list(directory)) as readonly CommitEntry[]
  const isOwn = begun.some(({ name }) => name === mark)
  const isFree = begun.length === 0 && others.every(({ name }) => name === '_temporary')
  if (!isOwn && !(isFree && finished === undefined)) throw outputExists(directory)
  yield* clear(storage, directory, owner)
  yield () => storage.makeDirectory(`${temporary}/${mark}`)
  return false
}

/** Removes what is in the owner's directory. Its mark stays to the last, so that this can be done again when it was cut short. */
function* clear(storage: CommitStorage, directory: string, owner: string): CommitSteps {
  const temporary = `${directory}/_temporary`
  for (const { name } of (yield () => storage.list(directory)) as readonly CommitEntry[])
    if (name !== '_temporary') yield () => storage.remove(`${directory}/${name}`)
  for (const { name } of (yield () => storage.list(temporary)) as readonly CommitEntry[])
    if (name !== ownerMark(owner)) yield () => storage.remove(`${temporary}/${name}`)
}

const ownerMark = (owner: string): string => `owner-${hash('sha256', owner).slice(0, 32)}`

const outputExists = (directory: string): DStreamError =>
  new DStreamError('OUTPUT_EXISTS', `Output directory ${directory} already exists`, {
    hint: 'Remove it, or write to another one: an existing output is never overwritten.',
  })

/**
 * Before a task writes: gives the empty directory for its files. What an earlier run of the same attempt left is removed.
 * @throws DStreamError FILE_NOT_FOUND when the job has no directory any more: making it anew would bring back what the end of the job has removed
 */
export function* setupTask(storage: CommitStorage, job: OutputJob, task: TaskAttempt): CommitSteps<string> {
  if (!(yield () => storage.exists(jobPath(job)))) throw gone(jobPath(job))
  const path = taskAttemptPath(job, task)
  yield () => storage.remove(path)
  // Whoever removes the job's directory in this moment: a task does not bring it back.
  yield () => storage.makeSubdirectory(path)
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
 * Moves the files of all committed tasks into the directory, and writes `_SUCCESS` when all are there. Removes `_temporary`. Where that fails, what was moved is removed again.
 * @param numTasks how many there must be
 * @throws DStreamError FILE_NOT_FOUND when what a task has committed is not there any more
 */
export function* commitJob(storage: CommitStorage, job: OutputJob, numTasks = 0): CommitSteps {
  for (let partition = 0; partition < numTasks; partition++) {
    const path = committedTaskPath(job, partition)
    if (!(yield () => storage.exists(path))) throw gone(path)
  }
  const moved: string[] = []
  try {
    yield* publish(storage, job, moved)
  } catch (error) {
    // With an owner abortJob does it.
    if (job.owner === undefined) yield* takeBack(storage, job, moved)
    throw error
  }
}

function* publish(storage: CommitStorage, job: OutputJob, moved: string[]): CommitSteps {
  const tasks = (yield () => storage.list(jobPath(job))) as readonly CommitEntry[]
  for (const { name } of tasks) {
    if (name.startsWith(`task_${job.jobId}_`)) yield* merge(storage, `${jobPath(job)}/${name}`, job.directory, moved)
  }
  // The owner's mark has to be there until _SUCCESS says the same.
  if (job.owner === undefined) yield () => storage.remove(`${job.directory}/_temporary`)
  yield () => storage.write(`${job.directory}/_SUCCESS`, job.owner ?? '')
  if (job.owner !== undefined) yield () => storage.remove(`${job.directory}/_temporary`)
}

/** Half of an output is none. `_SUCCESS` goes first: it may be there though its writing failed. */
function* takeBack(storage: CommitStorage, { directory }: OutputJob, moved: readonly string[]): CommitSteps {
  for (const path of [`${directory}/_SUCCESS`, ...moved]) {
    try {
      yield () => storage.remove(path)
    } catch {
      return // The first error is the one to tell.
    }
  }
}

/** Removes what the tasks have written, of an owner's output all of it; the directory too, if nothing else is in it. */
export function* abortJob(storage: CommitStorage, job: OutputJob): CommitSteps {
  if (job.owner !== undefined) {
    const finished = yield () => storage.read(`${job.directory}/_SUCCESS`)
    if (finished === job.owner) return
    yield* clear(storage, job.directory, job.owner)
  }
  yield () => storage.remove(`${job.directory}/_temporary`)
  const left = (yield () => storage.list(job.directory)) as readonly CommitEntry[]
  if (left.length === 0) yield () => storage.remove(job.directory)
}

const gone = (path: string): DStreamError =>
  new DStreamError('FILE_NOT_FOUND', `${path} was removed while the job was running`, {
    hint: 'Nothing else may write to or clean up a directory that a job writes.',
  })

/** Moves all that is in a directory into another one; what is there under the same name is replaced, directories are merged. Notes what was moved. */
function* merge(storage: CommitStorage, from: string, to: string, moved: string[]): CommitSteps {
  const entries = (yield () => storage.list(from)) as readonly CommitEntry[]
  for (const { name, isDirectory } of entries) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`]
    const exists = yield () => storage.exists(target)
    if (exists && isDirectory) {
      yield* merge(storage, source, target, moved)
      continue
    }
    if (exists) yield () => storage.remove(target)
    yield () => storage.rename(source, target)
    moved.push(target)
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
