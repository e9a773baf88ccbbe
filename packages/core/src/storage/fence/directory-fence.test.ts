import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '../../time/manual-clock.ts'
import { faulty } from '../faulty-file-system.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'
import { DirectoryFence, type DirectoryFenceOptions } from './directory-fence.ts'
import { processes, type Processes } from './owner.ts'

const fenced = { code: 'DIRECTORY_FENCED' }
const inUse = { code: 'DIRECTORY_IN_USE' }

/** Processes by number, all of host `a`; those in `dead` have ended. */
const process = (pid: number, dead = new Set<number>(), host = 'a'): Processes => ({
  self: () => ({ host, pid, started: '' }),
  isAlive: owner => (owner.host === host ? !dead.has(owner.pid) : undefined),
})

function place() {
  const fileSystem = new MemoryFileSystem()
  const clock = new ManualClock(1_000_000)
  const acquire = (known: Processes, more: Partial<DirectoryFenceOptions> = {}) =>
    DirectoryFence.acquire({ fileSystem, directory: '/d', clock, processes: known, ...more })
  return { fileSystem, clock, acquire }
}

const settled = () => new Promise<void>(resolve => setImmediate(resolve))

test('a second process is refused while the first lives, with who that is', async () => {
  const { acquire } = place()
  const first = await acquire(process(1))
  await assert.rejects(acquire(process(2)), { ...inUse, message: /\/d is in use by process 1 on a/ })
  await assert.rejects(acquire(process(1)), inUse)
  await first.check()
})

test('the successor of a process that has ended waits for nothing, and what ended cannot write any more', async () => {
  const { acquire } = place()
  const dead = new Set<number>()
  const first = await acquire(process(1, dead))
  dead.add(1)
  const second = await acquire(process(2, dead))
  assert.deepEqual([first.epoch, second.epoch], [1, 2])
  await assert.rejects(first.check(), fenced)
  await second.check()
})

test('a directory that was released is free, and closed to who released it', async () => {
  const { acquire } = place()
  const first = await acquire(process(1))
  await first.release()
  await first.release()
  await assert.rejects(first.check(), fenced)
  await (await acquire(process(2))).check()
})

test('a holder on another host counts as alive as long as it is heard of, then as dead', async () => {
  const { acquire, clock } = place()
  await acquire(process(1), { leaseMs: 3000 })
  const other = process(1, new Set(), 'b')
  for (let second = 0; second < 20; second++) {
    clock.advance(1000)
    await settled()
  }
  await assert.rejects(acquire(other), inUse)
  const silent = place()
  const unheard = await DirectoryFence.acquire({
    ...{ fileSystem: silent.fileSystem, directory: '/d', leaseMs: 3000, processes: process(1) },
    clock: { now: () => silent.clock.now(), at: () => () => {}, elapsed: () => 0, after: () => () => {} },
  })
  silent.clock.advance(2000)
  await assert.rejects(silent.acquire(other), { ...inUse, retryAfterMs: 1000 })
  silent.clock.advance(1000)
  await silent.acquire(other)
  await assert.rejects(unheard.check(), fenced)
})

test('who is told to takes over from a process that lives', async () => {
  const { acquire } = place()
  const first = await acquire(process(1))
  await acquire(process(2), { takeOver: true })
  await assert.rejects(first.check(), fenced)
})

test('of any number who take over at once exactly one may write, and old files do not pile up', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }), async rounds => {
      const { acquire, fileSystem } = place()
      const all: DirectoryFence[] = []
      for (const round of rounds) {
        const got = await Promise.allSettled(
          Array.from({ length: round }, (_, i) => acquire(process(i), { takeOver: true })),
        )
        for (const one of got) if (one.status === 'fulfilled') all.push(one.value)
        const holders = await Promise.allSettled(all.map(one => one.check()))
        assert.equal(holders.filter(one => one.status === 'fulfilled').length, 1)
      }
      await acquire(process(9), { takeOver: true })
      assert.equal((await fileSystem.list('/d/.fence')).filter(file => file.name.startsWith('epoch')).length, 1)
    }),
    { numRuns: 30 },
  ))

test('a lease that cannot be read leaves the decision to the epoch’s file', async () => {
  const { acquire, fileSystem } = place()
  const dead = new Set<number>()
  await acquire(process(1, dead))
  await fileSystem.create('/d/.fence/lease-1', Buffer.from('{"epo'))
  await assert.rejects(acquire(process(2, dead)), inUse)
  dead.add(1)
  await acquire(process(2, dead))
})

test('what holders before have left, in whole or in part, is gone once another holds the directory', async () => {
  const { acquire, fileSystem } = place()
  const dead = new Set<number>()
  await acquire(process(1, dead))
  dead.add(1)
  await acquire(process(2, dead))
  // A holder that does not know yet that it is one no more says that it lives.
  await fileSystem.create('/d/.fence/lease-1', Buffer.from('{}'))
  dead.add(2)
  await acquire(process(3, dead))
  const names = (await fileSystem.list('/d/.fence')).map(({ name }) => name)
  assert.deepEqual(names, ['epoch-3', 'lease-3'])
})

test('this process is alive, one that has ended is not, one with the same number that began at another time is not either', () => {
  const self = processes.self()
  assert.equal(processes.isAlive(self), true)
  const { pid } = spawnSync(globalThis.process.execPath, ['-e', '0'])
  assert.equal(processes.isAlive({ ...self, pid, started: 'before' }), false)
  assert.equal(processes.isAlive({ ...self, host: 'elsewhere' }), undefined)
  if (self.started !== '') assert.equal(processes.isAlive({ ...self, started: 'before' }), false)
})

for (const [failing, when] of [
  ['create', 'release'],
  ['create', 'acquire'],
  ['delete', 'acquire'],
] as const)
  // prettier-ignore
  test(`a directory that this process could not ${when}, as a ${failing} failed once, it can acquire a while later`, async () => {
    const { fileSystem, clock } = place()
    let broken = false
    const store = faulty(fileSystem, ({ name }) => (broken && name === failing ? 'EIO' : undefined))
    const acquire = () =>
      DirectoryFence.acquire({ fileSystem: store, directory: '/d', clock, processes: process(1), leaseMs: 30_000 })
    const first = await acquire()
    if (when === 'acquire') await first.release()
    broken = true
    if (when === 'release') await assert.rejects(first.release(), /EIO/)
    else if (failing === 'create') await assert.rejects(acquire(), /EIO/)
    // What holders before have left is the next one's to remove.
    else await (await acquire()).release()
    broken = false
    clock.advance(10_000)
    await settled()
    const next = await acquire()
    await next.check()
    await assert.rejects(first.check(), fenced)
    await next.release()
    assert.equal((await fileSystem.list('/d/.fence')).length, 2)
  })
