import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faulty } from '../../../storage/faulty-file-system.ts'
import { MemoryFileSystem } from '../../../storage/memory-file-system.ts'
import { ManualClock } from '../../../time/manual-clock.ts'
import { CheckpointFiles } from './checkpoint-files.ts'
import { readNewestCheckpoint } from './read-checkpoints.ts'

const directory = '/checkpoint'
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

test('a file that the disk does not give is passed by, whether it is the newest or an old one, and keeps no other from being removed', async () => {
  const disk = new MemoryFileSystem()
  let unreadable = ''
  const fileSystem = faulty(disk, ({ name, path }) => (name === 'open' && path === unreadable ? 'EIO' : undefined))
  const fence = { epoch: 1, check: async () => undefined }
  const filesIn = () => new CheckpointFiles({ fileSystem, directory, clock: new ManualClock(0), fence, kept: 2 })
  const files = filesIn()
  for (const timeMs of [1000, 2000]) await files.write(timeMs, Buffer.from(`of ${timeMs}`))
  await files.settled()

  unreadable = `${directory}/checkpoint-1000`
  assert.equal((await readNewestCheckpoint({ fileSystem, directory }, textOf)).found?.content, 'of 2000')
  unreadable = `${directory}/checkpoint-2000`
  const { found, rejected } = await readNewestCheckpoint({ fileSystem, directory }, textOf)
  assert.equal(found?.content, 'of 1000')
  assert.deepEqual(rejected.map(({ file }) => file), [unreadable]) // prettier-ignore
  assert.match(rejected[0]!.reason, /EIO/)

  unreadable = `${directory}/checkpoint-1000`
  const later = filesIn()
  for (const timeMs of [3000, 4000, 5000]) await later.write(timeMs, Buffer.from(`of ${timeMs}`))
  await later.settled()
  assert.deepEqual((await disk.list(directory)).map(({ name }) => name), ['checkpoint-4000', 'checkpoint-5000']) // prettier-ignore
})
