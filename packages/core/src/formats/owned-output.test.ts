import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { MemoryFileSystem, type FileSystem } from '../storage/index.ts'
import {
  abortJob,
  commitAtOnce,
  commitJob,
  commitLater,
  commitTask,
  partFileName,
  setupJob,
  setupTask,
  type CommitStorage,
  type OutputJob,
} from './committer.ts'
import { localCommitStorage } from './local-commit-storage.ts'
import { storageCommit } from './storage-files.ts'

const directory = '/out-1000'
const owner = 'batch 1000 of a program'
let jobs = 0
const newJob = (): OutputJob => ({ directory, jobId: String(++jobs), owner })

class Crash extends Error {}

/** Storage of a process that dies before its step number `at`; a removal is cut short after the first of its files. */
function dyingAt(fileSystem: FileSystem, at: number): CommitStorage {
  const storage = storageCommit(fileSystem)
  let steps = 0
  const guarded =
    <A extends unknown[], R>(step: (...args: A) => R | Promise<R>, cutShort?: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<R> => {
      if (steps++ < at) return step(...args)
      if (steps === at + 1) await cutShort?.(...args)
      throw new Crash()
    }
  const removeFirst = async (target: string): Promise<void> => {
    const [first] = Object.keys(await filesOf(fileSystem, target))
    if (first !== undefined) await fileSystem.delete(first)
  }
  return {
    exists: guarded(storage.exists),
    makeDirectory: guarded(storage.makeDirectory),
    makeSubdirectory: guarded(storage.makeSubdirectory),
    list: guarded(storage.list),
    rename: guarded(storage.rename),
    remove: guarded(storage.remove, removeFirst),
    write: guarded(storage.write),
    read: guarded(storage.read),
  }
}

async function filesOf(fileSystem: FileSystem, at: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  if (!(await fileSystem.stat(at))?.isDirectory) return files
  for (const entry of await fileSystem.list(at)) {
    if (entry.isDirectory) Object.assign(files, await filesOf(fileSystem, entry.path))
    else files[entry.path] = Buffer.from(await (await fileSystem.open(entry.path)).read(0, entry.length)).toString()
  }
  return files
}

/** Saves a batch of so many partitions. Gives whether there was something to write; undefined where the process has died. */
async function save(fileSystem: FileSystem, storage: CommitStorage, partitions: number): Promise<boolean | undefined> {
  const job = newJob()
  try {
    if (!(await commitLater(setupJob(storage, job)))) return false
    for (let partition = 0; partition < partitions; partition++) {
      const task = { partition, attempt: 0 }
      const attempt = await commitLater(setupTask(storage, job, task))
      await fileSystem.create(`${attempt}/${partFileName(partition)}`, Buffer.from(`${partition} of ${partitions}`))
      await commitLater(commitTask(storage, job, task))
    }
    await commitLater(commitJob(storage, job, partitions))
    return true
  } catch (error) {
    if (error instanceof Crash) return undefined
    throw error
  }
}

const whole = (partitions: number): Record<string, string> => ({
  [`${directory}/_SUCCESS`]: owner,
  ...Object.fromEntries(
    Array.from({ length: partitions }, (_, i) => [`${directory}/${partFileName(i)}`, `${i} of ${partitions}`]),
  ),
})

/** What readers see. */
const shown = async (fileSystem: FileSystem): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await filesOf(fileSystem, directory)).filter(([file]) => !file.includes('_temporary')),
  )

const never = Infinity

test('wherever the process dies, twice, the batch that is run again is whole in the end, and nothing of the runs before is mixed in', async () => {
  const ends = { written: 0, keptOfFirst: 0 }
  let first: boolean | undefined
  for (let diesAt = 0; first === undefined; diesAt++) {
    let second: boolean | undefined
    for (let diesAgainAt = 0; second === undefined; diesAgainAt++) {
      const fileSystem = new MemoryFileSystem()
      first = await save(fileSystem, dyingAt(fileSystem, diesAt), 3)
      if (`${directory}/_SUCCESS` in (await shown(fileSystem))) assert.deepEqual(await shown(fileSystem), whole(3))
      second = await save(fileSystem, dyingAt(fileSystem, diesAgainAt), 2)
      const isWhole = `${directory}/_SUCCESS` in (await shown(fileSystem))
      const keeps = isWhole && (await shown(fileSystem))[`${directory}/${partFileName(0)}`] === '0 of 3'
      if (isWhole) assert.deepEqual(await shown(fileSystem), whole(keeps ? 3 : 2))
      assert.equal(await save(fileSystem, dyingAt(fileSystem, never), 4), !isWhole)
      assert.deepEqual(await filesOf(fileSystem, directory), whole(isWhole ? (keeps ? 3 : 2) : 4))
      ends[isWhole ? 'keptOfFirst' : 'written']++
    }
  }
  assert.ok(ends.written > 500 && ends.keptOfFirst > 10, JSON.stringify(ends))
})

test('what is whole stays as it is, and what was left beside it is removed', async () => {
  const fileSystem = new MemoryFileSystem()
  assert.equal(await save(fileSystem, dyingAt(fileSystem, never), 3), true)
  await fileSystem.create(`${directory}/_temporary/0/left`, Buffer.from('x'))
  assert.equal(await save(fileSystem, dyingAt(fileSystem, never), 2), false)
  assert.deepEqual(await filesOf(fileSystem, directory), whole(3))
})

test('a directory of somebody else is refused, whatever is in it, and left as it is', async () => {
  for (const foreign of [
    'part-00000',
    '_SUCCESS',
    '_temporary/0/task_1_m_000000/part-00000',
    '_temporary/owner-x',
    'a',
  ]) {
    const fileSystem = new MemoryFileSystem()
    await fileSystem.create(`${directory}/${foreign}`, Buffer.from('theirs'))
    await assert.rejects(save(fileSystem, dyingAt(fileSystem, never), 2), { code: 'OUTPUT_EXISTS' }, foreign)
    assert.deepEqual(await filesOf(fileSystem, directory), { [`${directory}/${foreign}`]: 'theirs' })
  }
})

test('a directory with nothing in it is taken', async () => {
  for (const empty of [directory, `${directory}/_temporary`]) {
    const fileSystem = new MemoryFileSystem()
    await fileSystem.mkdirs(empty)
    assert.equal(await save(fileSystem, dyingAt(fileSystem, never), 1), true)
  }
})

test('wherever a failed job dies while it cleans up, the batch can be written again', async () => {
  let cleaned = false
  for (let diesAt = 0; !cleaned; diesAt++) {
    const fileSystem = new MemoryFileSystem()
    const storage = storageCommit(fileSystem)
    const job = newJob()
    await commitLater(setupJob(storage, job))
    await fileSystem.create(`${directory}/part-00000`, Buffer.from('moved before the failure'))
    await fileSystem.create(`${directory}/_temporary/0/_temporary/x/part-00001`, Buffer.from('not moved'))
    cleaned = await commitLater(abortJob(dyingAt(fileSystem, diesAt), job)).then(() => true, () => false) // prettier-ignore
    if (cleaned) assert.equal(await fileSystem.stat(directory), undefined)
    assert.equal(await save(fileSystem, storage, 2), true)
    assert.deepEqual(await filesOf(fileSystem, directory), whole(2))
  }
})

test('on a local disk: an output that was cut short is written anew, one that is whole is kept', () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-owned-'))
  try {
    const job: OutputJob = { directory: path.join(root, 'out'), jobId: '1', owner }
    const names = (): string[] => fs.readdirSync(job.directory).toSorted()
    assert.equal(commitAtOnce(setupJob(localCommitStorage, job)), true)
    fs.writeFileSync(path.join(job.directory, 'part-00007'), 'of the run before')
    assert.equal(commitAtOnce(setupJob(localCommitStorage, job)), true)
    assert.deepEqual(names(), ['_temporary'])
    commitAtOnce(commitJob(localCommitStorage, job))
    assert.deepEqual(names(), ['_SUCCESS'])
    assert.equal(commitAtOnce(setupJob(localCommitStorage, job)), false)
  } finally {
    fs.rmSync(root, { recursive: true, force: true })
  }
})
