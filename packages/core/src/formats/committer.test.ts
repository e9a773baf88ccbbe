import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { MemoryFileSystem, type FileSystem } from '../storage/index.ts'
import {
  abortJob,
  abortTask,
  commitAtOnce,
  commitJob,
  commitLater,
  commitTask,
  partFileName,
  setupJob,
  setupTask,
  taskAttemptPath,
  type CommitSteps,
  type OutputJob,
  type TaskAttempt,
} from './committer.ts'
import { localCommitStorage } from './local-commit-storage.ts'
import { storageCommit } from './storage-files.ts'

const job: OutputJob = { directory: '/out', jobId: '20240101000000_0000' }
const first = (partition: number): TaskAttempt => ({ partition, attempt: 0 })
const second = (partition: number): TaskAttempt => ({ partition, attempt: 1 })

const write = (fileSystem: FileSystem, task: TaskAttempt, text: string): Promise<void> =>
  fileSystem.create(`${taskAttemptPath(job, task)}/${partFileName(task.partition)}`, Buffer.from(text))

/** Every file, by path, with its text. */
async function filesOf(fileSystem: FileSystem, directory = '/'): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const entry of await fileSystem.list(directory)) {
    if (entry.isDirectory) Object.assign(files, await filesOf(fileSystem, entry.path))
    else files[entry.path] = Buffer.from(await (await fileSystem.open(entry.path)).read(0, entry.length)).toString()
  }
  return files
}

test('a task’s files are in the directory once the job is committed, with _SUCCESS, and nothing else', async () => {
  const fileSystem = new MemoryFileSystem()
  const storage = storageCommit(fileSystem)
  await commitLater(setupJob(storage, job))
  for (const partition of [0, 1]) {
    await commitLater(setupTask(storage, job, first(partition)))
    await write(fileSystem, first(partition), `of ${partition}`)
    await commitLater(commitTask(storage, job, first(partition)))
    assert.equal(await fileSystem.stat(`/out/${partFileName(partition)}`), undefined)
  }
  await commitLater(commitJob(storage, job))
  assert.deepEqual(await filesOf(fileSystem), {
    '/out/_SUCCESS': '',
    '/out/part-00000': 'of 0',
    '/out/part-00001': 'of 1',
  })
  assert.equal(await fileSystem.stat('/out/_temporary'), undefined)
})

test('the paths are Hadoop’s', () => {
  const attempt = '/out/_temporary/0/_temporary/attempt_20240101000000_0000_m_000003_1'
  assert.equal(taskAttemptPath(job, second(3)), attempt)
  assert.equal(partFileName(3), 'part-00003')
  assert.equal(partFileName(3, 'new', '.gz'), 'part-r-00003.gz')
})

test('an attempt that failed leaves nothing; the one that is repeated counts', async () => {
  const fileSystem = new MemoryFileSystem()
  const storage = storageCommit(fileSystem)
  await commitLater(setupJob(storage, job))
  await write(fileSystem, first(0), 'hal')
  await commitLater(abortTask(storage, job, first(0)))
  await write(fileSystem, second(0), 'whole')
  await commitLater(commitTask(storage, job, second(0)))
  await write(fileSystem, first(1), 'never committed')
  await commitLater(commitJob(storage, job))
  assert.deepEqual(await filesOf(fileSystem), { '/out/_SUCCESS': '', '/out/part-00000': 'whole' })
})

test('of two attempts at the same time the first to be committed counts, in whatever order their steps are taken', async () => {
  for (let order = 0; order < 64; order++) {
    const fileSystem = new MemoryFileSystem()
    const storage = storageCommit(fileSystem)
    await commitLater(setupJob(storage, job))
    const attempts = [first(0), second(0)]
    for (const attempt of attempts) await write(fileSystem, attempt, 'the same')
    await interleave(attempts.map(attempt => commitTask(storage, job, attempt)), order) // prettier-ignore
    await commitLater(commitJob(storage, job))
    assert.deepEqual(await filesOf(fileSystem), { '/out/_SUCCESS': '', '/out/part-00000': 'the same' })
  }
})

/** Takes a step of the one or the other, as the bits of `order` say. */
async function interleave(commits: readonly CommitSteps[], order: number): Promise<void> {
  const open = commits.map(steps => ({ steps, step: steps.next() }))
  for (let turn = 0; open.some(commit => !commit.step.done); turn++) {
    const wanted = open[(order >> turn) & 1]!
    const commit = wanted.step.done ? open.find(other => !other.step.done)! : wanted
    if (commit.step.done) continue
    try {
      commit.step = commit.steps.next(await commit.step.value())
    } catch (error) {
      commit.step = commit.steps.throw(error)
    }
  }
}

test('wherever the driver dies while it commits the job, what is in the directory is whole, and _SUCCESS is last', async () => {
  for (let steps = 0; ; steps++) {
    const fileSystem = new MemoryFileSystem()
    const storage = storageCommit(fileSystem)
    await commitLater(setupJob(storage, job))
    for (const partition of [0, 1, 2]) {
      await write(fileSystem, first(partition), `of ${partition}`)
      await commitLater(commitTask(storage, job, first(partition)))
    }
    const ended = await takeSteps(commitJob(storage, job), steps)
    const files = await filesOf(fileSystem)
    const parts = Object.keys(files).filter(file => file.startsWith('/out/part-'))
    for (const part of parts) assert.equal(files[part], `of ${Number(part.slice(-1))}`)
    assert.equal('/out/_SUCCESS' in files, ended)
    if (ended) return assert.equal(parts.length, 3)
  }
})

/** Takes so many steps and no more: whether that was to the end. */
async function takeSteps(commit: CommitSteps, count: number): Promise<boolean> {
  let step = commit.next()
  for (let i = 0; i < count && !step.done; i++) step = commit.next(await step.value())
  return step.done === true
}

test('an aborted job leaves nothing, and removes no file that it has not made', async () => {
  const fileSystem = new MemoryFileSystem()
  const storage = storageCommit(fileSystem)
  await commitLater(setupJob(storage, job))
  await write(fileSystem, first(0), 'x')
  await commitLater(abortJob(storage, job))
  assert.equal(await fileSystem.stat('/out'), undefined)
  await fileSystem.create('/out/other', Buffer.from('kept'))
  await write(fileSystem, first(0), 'x')
  await commitLater(abortJob(storage, job))
  assert.deepEqual(await filesOf(fileSystem), { '/out/other': 'kept' })
})

test('a job that fails at any step of its commit leaves nothing', async () => {
  for (let failing = 1; ; failing++) {
    const fileSystem = new MemoryFileSystem()
    const storage = storageCommit(fileSystem)
    await commitLater(setupJob(storage, job))
    for (const partition of [0, 1]) {
      await commitLater(setupTask(storage, job, first(partition)))
      await write(fileSystem, first(partition), 'x')
      await commitLater(commitTask(storage, job, first(partition)))
    }
    let changes = 0
    const now =
      <A extends unknown[], R>(action: (...args: A) => R) =>
      (...args: A): R => {
        if (++changes === failing) throw new Error('ENOSPC')
        return action(...args)
      }
    const full = { ...storage, rename: now(storage.rename), remove: now(storage.remove), write: now(storage.write) }
    const committed = await commitLater(commitJob(full, job, 2)).then(() => true, () => false) // prettier-ignore
    if (committed) return assert.equal(failing, 5)
    await commitLater(abortJob(storage, job))
    assert.deepEqual([await filesOf(fileSystem), await fileSystem.stat('/out')], [{}, undefined], `step ${failing}`)
  }
})

test('a directory that exists is refused with Spark’s text', async () => {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.mkdirs('/out')
  await assert.rejects(commitLater(setupJob(storageCommit(fileSystem), job)), {
    code: 'OUTPUT_EXISTS',
    message: /^Output directory \/out already exists/,
  })
})

test('on a local disk: directories that tasks have made are merged', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-commit-'))
  try {
    const local: OutputJob = { directory: path.join(directory, 'out'), jobId: '1' }
    commitAtOnce(setupJob(localCommitStorage, local))
    for (const partition of [0, 1]) {
      const attempt = commitAtOnce(setupTask(localCommitStorage, local, first(partition)))
      fs.mkdirSync(path.join(attempt, 'day=1'))
      fs.writeFileSync(path.join(attempt, 'day=1', partFileName(partition)), 'x')
      commitAtOnce(commitTask(localCommitStorage, local, first(partition)))
    }
    commitAtOnce(commitJob(localCommitStorage, local))
    const found = fs.readdirSync(local.directory, { recursive: true }).toSorted()
    assert.deepEqual(found, ['_SUCCESS', 'day=1', 'day=1/part-00000', 'day=1/part-00001'])
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
})

test('on a local disk a job is committed when its files, its directory and the name of that are on the device', t => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-commit-'))
  try {
    const local: OutputJob = { directory: path.join(directory, 'out'), jobId: '1' }
    commitAtOnce(setupJob(localCommitStorage, local))
    const opened = new Map<number, string>()
    const flushed: string[] = []
    const { openSync, fsyncSync } = fs
    t.mock.method(fs, 'openSync', (...args: Parameters<typeof openSync>) => {
      const handle = openSync(...args)
      opened.set(handle, String(args[0]))
      return handle
    })
    t.mock.method(fs, 'fsyncSync', (handle: number) => (flushed.push(opened.get(handle)!), fsyncSync(handle)))
    commitAtOnce(commitJob(localCommitStorage, local))
    for (const place of [local.directory, directory]) assert.ok(flushed.includes(place), place)
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
})

test('a task whose files are gone cannot be committed', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-commit-'))
  try {
    const local: OutputJob = { directory: path.join(directory, 'out'), jobId: '1' }
    commitAtOnce(setupJob(localCommitStorage, local))
    assert.throws(() => commitAtOnce(commitTask(localCommitStorage, local, first(0))), { code: 'FILE_NOT_FOUND' })
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
})
