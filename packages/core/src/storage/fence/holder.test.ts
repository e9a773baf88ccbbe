import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../time/manual-clock.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'
import { DirectoryFence, holderOf } from './index.ts'

test('who looks at a directory learns who holds it, whether it lives and when it was heard of, and takes nothing', async () => {
  const fileSystem = new MemoryFileSystem()
  const place = { fileSystem, directory: '/checkpoint' }
  const owner = { host: 'h', pid: 7, started: 's' }
  const known = { self: () => owner, isAlive: () => true as boolean | undefined }
  assert.equal(await holderOf(place, known), undefined)
  const fence = await DirectoryFence.acquire({ ...place, clock: new ManualClock(5000), processes: known })
  const held = { epoch: 1, owner, released: false, alive: true, renewedMs: 5000 }
  assert.deepEqual(await holderOf(place, known), held)
  await fence.check()
  assert.deepEqual(await holderOf(place, { ...known, isAlive: () => undefined }), { ...held, alive: undefined })
  await fence.release()
  assert.deepEqual(await holderOf(place, known), { ...held, released: true })
})
