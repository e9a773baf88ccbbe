import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../logging/index.ts'
import { faulty, MemoryFileSystem } from '../../storage/index.ts'
import { ManualClock } from '../../time/index.ts'
import { fenceOf } from '../write-ahead-log/log-for-tests.ts'
import { ReceiverLogs } from './receiver-logs.ts'

test('a log that cannot be opened keeps no other from being cleaned up', async () => {
  const disk = new MemoryFileSystem()
  let broken = false
  const store = faulty(disk, ({ path }) => (broken && path.startsWith('/checkpoint/receivedData/0/') ? 'EIO' : undefined)) // prettier-ignore
  const clock = new ManualClock(0)
  const logs = (epoch: number): ReceiverLogs => {
    const place = { fileSystem: store, directory: '/checkpoint', clock, fence: fenceOf(epoch), logger: silentLog.logger('') } // prettier-ignore
    return new ReceiverLogs(place, { rollingIntervalMs: 1000 })
  }
  const first = logs(1)
  for (const receiver of [0, 1]) await first.append(receiver, Buffer.from('block'))
  await first.close()
  clock.advance(10_000)
  broken = true
  const second = logs(2)
  await second.append(1, Buffer.from('block'))
  await assert.rejects(second.clean(5000), { code: 'STORAGE_FAILED' })
  assert.equal((await disk.list('/checkpoint/receivedData/1')).length, 1)
  await second.close()
})

test('what earlier runs have left is cleaned up, also after the store could not list it for a moment', async () => {
  let lists = 0
  const store = faulty(new MemoryFileSystem(), ({ name, path }) =>
    name === 'list' && path === '/checkpoint/receivedData' && ++lists === 1 ? 'EIO' : undefined,
  )
  const clock = new ManualClock(0)
  const logs = (epoch: number): ReceiverLogs => {
    const logger = silentLog.logger('')
    const place = { fileSystem: store, directory: '/checkpoint', clock, fence: fenceOf(epoch), logger }
    return new ReceiverLogs(place, { rollingIntervalMs: 1000 })
  }
  const filesOf = async (receiver: number): Promise<number> =>
    (await store.list(`/checkpoint/receivedData/${receiver}`)).length
  const first = logs(1)
  for (const receiver of [0, 1]) await first.append(receiver, Buffer.from('block'))
  await first.close()
  clock.advance(10_000)
  const second = logs(2)
  await second.append(1, Buffer.from('block'))
  assert.deepEqual([await filesOf(0), await filesOf(1)], [1, 2])
  await assert.rejects(second.clean(5000), { code: 'STORAGE_FAILED' })
  await second.clean(5000)
  // The file of each that is being written to.
  assert.deepEqual([await filesOf(0), await filesOf(1)], [1, 1])
  await second.close()
})
