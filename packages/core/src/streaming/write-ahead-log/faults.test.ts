import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../../logging/index.ts'
import { faulty, type StorageFault, type StorageOperation } from '../../storage/faulty-file-system.ts'
import { MemoryFileSystem } from '../../storage/memory-file-system.ts'
import type { FileSystem } from '../../storage/file-system.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import type { WriteAheadLog } from './write-ahead-log.ts'
import { bytesOf, directory, fenceOf, open, texts } from './log-for-tests.ts'

/** A store in which the operations of one name fail, as many of them as are put into `left`. */
function failing(name: StorageOperation['name'], fault: StorageFault) {
  const disk = new MemoryFileSystem()
  const plan = { left: 0, asked: 0 }
  const fileSystem = faulty(disk, operation => {
    if (operation.name !== name) return undefined
    plan.asked++
    return plan.left-- > 0 ? fault : undefined
  })
  return { disk, fileSystem, plan }
}

/** A log whose next append needs a new file. */
async function rolling(fileSystem: FileSystem, maxFailures = 3): Promise<WriteAheadLog> {
  const clock = new ManualClock(1000)
  const log = await open(fileSystem, { clock, maxFailures, rollingIntervalMs: 10 })
  clock.advance(10)
  return log
}

const faults: readonly (readonly [StorageOperation['name'], StorageFault])[] = [
  ['write', 'ENOSPC'],
  ['write', 'EIO'],
  ['write', { torn: 0 }],
  ['write', { torn: 45 }],
  ['sync', 'EIO'],
  ['createExclusive', 'ENOSPC'],
  ['append', 'EIO'],
]

for (const [name, fault] of faults) {
  const what = `${name} fails (${JSON.stringify(fault)})`

  test(`when ${what} twice, the third attempt is acknowledged and safe`, async () => {
    const { disk, fileSystem, plan } = failing(name, fault)
    const log = await rolling(fileSystem)
    plan.left = 2
    await Promise.all(['a', 'b'].map(text => log.append(bytesOf(text))))
    await log.append(bytesOf('c'))
    disk.crash()
    const { texts: found, report } = await texts(disk)
    assert.deepEqual([found, report.missing], [['a', 'b', 'c'], []])
  })

  test(`when ${what} in all attempts, the append rejects, and the log goes on with the next`, async () => {
    const { disk, fileSystem, plan } = failing(name, fault)
    const log = await rolling(fileSystem, 2)
    plan.left = 2
    plan.asked = 0
    await assert.rejects(log.append(bytesOf('lost')), { code: 'LOG_NOT_WRITTEN', message: /in 2 attempts/ })
    assert.equal(plan.asked, 2)
    await log.append(bytesOf('kept'))
    disk.crash(() => 1000)
    assert.deepEqual((await texts(disk)).texts, ['kept'])
  })
}

test('a flush of the background that fails is said, and what comes later goes into another file', async () => {
  const { disk, fileSystem, plan } = failing('sync', 'EIO')
  const clock = new ManualClock(1000)
  const lines: string[] = []
  const logger = createLog({ clock, sink: line => lines.push(line) }).logger('WriteAheadLog')
  const log = await open(fileSystem, { clock, logger, fsync: { intervalMs: 10 } })
  const first = await log.append(bytesOf('a'))
  plan.left = 1
  clock.advance(10)
  const second = await log.append(bytesOf('b'))
  assert.notEqual(second.file, first.file)
  assert.match(lines.join(''), /ERROR WriteAheadLog: What was last appended .* may not be safe/)
  await log.close()
  assert.deepEqual((await texts(disk)).texts, ['a', 'b'])
})

test('a clean-up that fails is said and left for the next time', async () => {
  const { fileSystem, plan } = failing('delete', 'EIO')
  const clock = new ManualClock(1000)
  const log = await open(fileSystem, { clock, rollingIntervalMs: 10 })
  await log.append(bytesOf('a'))
  clock.advance(10)
  await log.append(bytesOf('b'))
  plan.left = 1
  assert.equal(await log.clean(1010), 0)
  assert.equal(await log.clean(1010), 1)
  assert.deepEqual((await texts(fileSystem)).texts, ['b'])
})

test('the check of the fence that cannot be made does not acknowledge', async () => {
  const disk = new MemoryFileSystem()
  let failures = 2
  const check = async () => {
    if (failures-- > 0) throw new Error('the store does not answer')
  }
  const log = await open(disk, { fence: fenceOf(1) })
  await log.close()
  failures = 0
  const next = await open(disk, { fence: { epoch: 2, check } })
  failures = 3
  await assert.rejects(next.append(bytesOf('a')), { code: 'LOG_NOT_WRITTEN' })
  await next.append(bytesOf('b'))
  assert.deepEqual((await texts(disk)).texts, ['b'])
})

test('clean-ups that are asked for at the same time leave no file behind, and delete none before an older one', async () => {
  const store = new MemoryFileSystem()
  const deleted: string[] = []
  const slow = faulty(store, ({ name, path }) => {
    if (name === 'delete') deleted.push(path)
  })
  const clock = new ManualClock(1000)
  const log = await open(slow, { clock, rollingIntervalMs: 1000 })
  for (let i = 0; i < 10; i++) {
    await log.append(bytesOf(String(i)))
    clock.advance(1000)
  }
  const counts = await Promise.all([3000, 6000, 6000, 9000].map(thresholdMs => log.clean(thresholdMs)))
  assert.equal(new Set(deleted).size, deleted.length)
  assert.equal(counts.reduce((sum, count) => sum + count, 0), deleted.length) // prettier-ignore
  const left = (await store.list(directory)).map(file => Number(/^log-(\d+)-/.exec(file.name)?.[1]))
  assert.deepEqual(left.filter(startMs => startMs < 9000), []) // prettier-ignore
  assert.deepEqual((await texts(store)).texts, ['8', '9'])
  await log.close()
})

test('a disk that fails for hours does not fill with beginnings of files', async () => {
  const { disk, fileSystem, plan } = failing('write', 'EIO')
  const log = await rolling(fileSystem)
  await log.append(bytesOf('a'))
  const before = (await disk.list(directory)).length
  plan.left = 300
  for (let i = 0; i < 100; i++) await assert.rejects(log.append(bytesOf('lost')), { code: 'LOG_NOT_WRITTEN' })
  // The file with what was acknowledged stays.
  assert.equal((await disk.list(directory)).length, before)
  plan.left = 0
  await log.append(bytesOf('b'))
  disk.crash()
  assert.deepEqual((await texts(disk)).texts, ['a', 'b'])
})

test('a log that cannot be opened whole leaves no file open', async () => {
  let files = 0
  class Counting extends MemoryFileSystem {
    override async append(path: string) {
      const appender = await super.append(path)
      files++
      const closed = appender.close.bind(appender)
      const close = (): Promise<void> => {
        files--
        return closed()
      }
      return Object.assign(appender, { close })
    }
  }
  let checks = 0
  const check = () => (++checks === 2 ? Promise.reject(new Error('the store does not answer')) : Promise.resolve())
  await assert.rejects(open(new Counting(), { fence: { epoch: 1, check } }), /does not answer/)
  assert.deepEqual([checks, files], [2, 0])
})
