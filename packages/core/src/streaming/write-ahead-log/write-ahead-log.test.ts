import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { aesGcm } from '../../storage/encryption/cipher.ts'
import { DirectoryFence } from '../../storage/fence/directory-fence.ts'
import { faulty, type StorageOperation } from '../../storage/faulty-file-system.ts'
import { LocalFileSystem } from '../../storage/local-file-system.ts'
import { MemoryFileSystem } from '../../storage/memory-file-system.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import { bytesOf, contentOf, directory, fenceOf, open, textOf, texts } from './log-for-tests.ts'
import { readRecord } from './read-log.ts'
import { WriteAheadLog } from './write-ahead-log.ts'

const names = async (fileSystem: MemoryFileSystem): Promise<string[]> =>
  (await fileSystem.list(directory)).map(file => file.name).filter(name => name.startsWith('log'))

/** A store that counts what it is asked for. */
function counted(store: MemoryFileSystem) {
  const counts: Partial<Record<StorageOperation['name'], number>> = {}
  const fileSystem = faulty(store, ({ name }) => void (counts[name] = (counts[name] ?? 0) + 1))
  return { fileSystem, counts }
}

test('a record is read by its handle, also by another process and after the handle went through JSON', async () => {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  const handles = await Promise.all(['a', '', 'ccc'].map(text => log.append(bytesOf(text))))
  assert.deepEqual(handles.map(({ sequence, timeMs }) => [sequence, timeMs]), [[1, 1000], [2, 1000], [3, 1000]]) // prettier-ignore
  for (const [i, text] of ['a', '', 'ccc'].entries()) {
    assert.equal(textOf(await log.read(handles[i]!)), text)
    const handle = JSON.parse(JSON.stringify(handles[i])) as (typeof handles)[0]
    assert.equal(textOf(await readRecord({ fileSystem, directory }, handle)), text)
  }
  assert.deepEqual(
    (await log.readAll()).records.map(({ handle }) => handle),
    handles,
  )
})

test('a handle that leads to another record, into one, or behind the end is refused', async () => {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  const [a, b] = await Promise.all(['aaa', 'bbb'].map(text => log.append(bytesOf(text))))
  const refused = (handle: NonNullable<typeof a>) => assert.rejects(log.read(handle), { code: 'LOG_RECORD_UNREADABLE' })
  await refused({ ...a!, offset: b!.offset })
  await refused({ ...a!, offset: a!.offset + 1 })
  await refused({ ...a!, length: 2 })
  await refused({ ...b!, length: 2 ** 40 })
  const content = new Uint8Array(await contentOf(fileSystem, `${directory}/${b!.file}`))
  content[content.length - 1]! ^= 1
  await fileSystem.create(`${directory}/${b!.file}`, content)
  await refused(b!)
})

test('appends that come together are written and flushed together, those that come meanwhile with the next', async () => {
  const { fileSystem, counts } = counted(new MemoryFileSystem())
  const log = await open(fileSystem)
  await log.append(bytesOf('first'))
  const before = { ...counts }
  await Promise.all(Array.from({ length: 1000 }, (_, i) => log.append(bytesOf(`${i}`))))
  assert.equal(counts.write! - before.write!, 1)
  assert.equal(counts.sync! - before.sync!, 1)
  const first = log.append(bytesOf('a'))
  await Promise.resolve()
  await Promise.resolve()
  await Promise.all([first, log.append(bytesOf('b')), log.append(bytesOf('c'))])
  assert.equal(counts.write! - before.write!, 3)
  assert.deepEqual((await texts(fileSystem)).texts.slice(-3), ['a', 'b', 'c'])
})

test('what waits is not gathered without bound', async () => {
  const { fileSystem, counts } = counted(new MemoryFileSystem())
  const log = await open(fileSystem)
  const big = new Uint8Array(33 << 20)
  await Promise.all([log.append(big), log.append(big)])
  assert.equal(counts.write, 2)
})

test('a new file is begun when the rolling interval is over, and a clock that jumps back does not disturb the order', async () => {
  const fileSystem = new MemoryFileSystem()
  const clock = new ManualClock(1000)
  const log = await open(fileSystem, { clock, rollingIntervalMs: 100 })
  for (const ms of [0, 99, 1, 3_600_000, -7_200_000, 100]) {
    clock.setTo(clock.now() + ms)
    await log.append(bytesOf(`${clock.now()}`))
  }
  assert.deepEqual(await names(fileSystem), ['log-1000-1100', 'log-1100-1200', 'log-3601100-3601200'])
  assert.deepEqual((await texts(fileSystem)).texts, ['1000', '1099', '1100', '3601100', '-3598900', '-3598800'])
})

test('files of which every record is older than the threshold are removed, never the one that is written', async () => {
  const fileSystem = new MemoryFileSystem()
  const clock = new ManualClock(1000)
  const log = await open(fileSystem, { clock, rollingIntervalMs: 100 })
  for (const text of ['a', 'b', 'c']) {
    await log.append(bytesOf(text))
    clock.advance(100)
  }
  assert.equal(await log.clean(1199), 1)
  assert.deepEqual((await texts(fileSystem)).texts, ['b', 'c'])
  assert.equal(await log.clean(1e12), 1)
  assert.deepEqual((await texts(fileSystem)).texts, ['c'])
  await log.close()
  const next = await open(fileSystem, { clock, fence: fenceOf(2) })
  assert.equal(await next.clean(1e12), 1)
  await next.append(bytesOf('d'))
  assert.deepEqual((await texts(fileSystem)).texts, ['d'])
})

test('with closeFileAfterWrite each write is a file of its own, put there whole', async () => {
  const { fileSystem, counts } = counted(new MemoryFileSystem())
  const log = await open(fileSystem, { closeFileAfterWrite: true })
  const first = await Promise.all([log.append(bytesOf('a')), log.append(bytesOf('b'))])
  const second = await log.append(bytesOf('c'))
  // One more says what the log went on from.
  assert.deepEqual([counts.append, counts.createExclusive], [undefined, 3])
  assert.deepEqual([first[0]!.file === first[1]!.file, first[0]!.file === second.file], [true, false])
  assert.equal(textOf(await log.read(second)), 'c')
  assert.deepEqual((await texts(fileSystem)).texts, ['a', 'b', 'c'])
})

test('the flush is before the append resolves, at most an interval later, or never', async () => {
  const clock = new ManualClock(1000)
  const survivors = async (
    fsync: 'commit' | 'never' | { intervalMs: number },
    then: (log: WriteAheadLog) => unknown,
  ) => {
    const fileSystem = new MemoryFileSystem()
    const log = await open(fileSystem, { clock, fsync })
    await log.append(bytesOf('a'))
    await then(log)
    fileSystem.crash()
    return (await texts(fileSystem)).texts
  }
  const nothing = () => undefined
  const wait = (ms: number) => async (log: WriteAheadLog) => {
    clock.advance(ms)
    // Behind the flush that may have begun.
    await log.append(bytesOf('b'))
  }
  assert.deepEqual(await survivors('commit', nothing), ['a'])
  assert.deepEqual(await survivors({ intervalMs: 50 }, nothing), [])
  assert.deepEqual(await survivors({ intervalMs: 50 }, wait(49)), [])
  assert.deepEqual(await survivors({ intervalMs: 50 }, wait(50)), ['a'])
  assert.deepEqual(await survivors('never', wait(5000)), [])
  assert.deepEqual(await survivors({ intervalMs: 50 }, log => log.close()), ['a'])
  assert.deepEqual(await survivors({ intervalMs: 50 }, log => log.sync()), ['a'])
})

test('a restarted writer goes on behind what is there, and a torn tail before it is no hole', async () => {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  await log.append(bytesOf('a'))
  const { file } = await log.append(bytesOf('b'))
  const torn = await fileSystem.append(`${directory}/${file}`)
  await torn.write(bytesOf('DS half a record'))
  const next = await open(fileSystem, { fence: fenceOf(2) })
  assert.equal((await next.append(bytesOf('c'))).sequence, 3)
  const { texts: found, report } = await texts(fileSystem)
  assert.deepEqual([found, report.missing], [['a', 'b', 'c'], []])
  // The bytes in question would be behind record 2, and record 3 is elsewhere.
  assert.deepEqual(report.damages, [])
})

test('a writer that was taken over is told so, and nothing it writes comes into the log', async () => {
  const fileSystem = new MemoryFileSystem()
  const clock = new ManualClock(1000)
  const acquire = () => DirectoryFence.acquire({ fileSystem, directory, clock, takeOver: true })
  const stale = await open(fileSystem, { clock, fence: await acquire() })
  await stale.append(bytesOf('a'))
  const fresh = await open(fileSystem, { clock, fence: await acquire() })
  const late = stale.append(bytesOf('late'))
  await assert.rejects(late, { code: 'DIRECTORY_FENCED' })
  await assert.rejects(stale.append(bytesOf('later')), { code: 'DIRECTORY_FENCED' })
  await assert.rejects(stale.clean(1e12), { code: 'DIRECTORY_FENCED' })
  await fresh.append(bytesOf('b'))
  assert.deepEqual((await texts(fileSystem)).texts, ['a', 'b'])
  await assert.rejects(open(fileSystem, { fence: { epoch: 1, check: () => late.then(() => undefined) } }), {
    code: 'DIRECTORY_FENCED',
  })
})

test('an encrypted log shows nothing, reads with its key, and not without or with another', async () => {
  const fileSystem = new MemoryFileSystem()
  const cipher = aesGcm(Buffer.alloc(32, 1))
  const log = await open(fileSystem, { cipher })
  const handle = await log.append(bytesOf('secret'))
  assert.equal(textOf(await log.read(handle)), 'secret')
  assert.deepEqual((await texts(fileSystem, { cipher })).texts, ['secret'])
  assert.ok(!textOf(await contentOf(fileSystem, `${directory}/${handle.file}`)).includes('secret'))
  const refused = { code: 'PAYLOAD_NOT_OPENED' }
  await assert.rejects(texts(fileSystem), refused)
  await assert.rejects(texts(fileSystem, { cipher: aesGcm(Buffer.alloc(32, 2)) }), refused)
  await assert.rejects(readRecord({ fileSystem, directory }, handle), refused)
})

test('a log of which a part was written before encryption was turned on reads whole, and goes on', async () => {
  const fileSystem = new MemoryFileSystem()
  const cipher = aesGcm(Buffer.alloc(32, 1))
  const plain = await open(fileSystem)
  const handle = await plain.append(bytesOf('plain'))
  await plain.close()
  const log = await open(fileSystem, { cipher, fence: fenceOf(2) })
  await log.append(bytesOf('secret'))
  assert.deepEqual((await texts(fileSystem, { cipher })).texts, ['plain', 'secret'])
  assert.equal(textOf(await log.read(handle)), 'plain')
})

test('a log that cannot be opened with the given key is as it was', async () => {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem, { cipher: aesGcm(Buffer.alloc(32, 1)) })
  const { file } = await log.append(bytesOf('secret'))
  await log.close()
  const before = await contentOf(fileSystem, `${directory}/${file}`)
  await assert.rejects(texts(fileSystem, { cipher: aesGcm(Buffer.alloc(32, 2)) }), { code: 'PAYLOAD_NOT_OPENED' })
  assert.deepEqual(await contentOf(fileSystem, `${directory}/${file}`), before)
})

test('a closed log takes nothing more; close writes what waits', async () => {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem)
  const waiting = log.append(bytesOf('a'))
  await log.close()
  await log.close()
  await waiting
  await assert.rejects(log.append(bytesOf('b')), { code: 'LOG_CLOSED' })
  assert.deepEqual((await texts(fileSystem)).texts, ['a'])
})

test('temporary files of a crash are removed by the next writer', async () => {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.create(`${directory}/.log-1-2.99-0-1.tmp`, bytesOf('x'))
  await open(fileSystem)
  assert.deepEqual(
    (await fileSystem.list(directory)).map(({ name }) => name),
    ['log-1000-61000'],
  )
})

test('on a disk: written, rolled, read, cleaned', async () => {
  const place = await mkdtemp(join(tmpdir(), 'dstream-log-'))
  try {
    const fileSystem = new LocalFileSystem()
    const clock = new ManualClock(1000)
    const fence = await DirectoryFence.acquire({ fileSystem, directory: place, clock })
    const log = await WriteAheadLog.open({ fileSystem, directory: place, clock, fence, rollingIntervalMs: 100 })
    await Promise.all(Array.from({ length: 100 }, (_, i) => log.append(bytesOf(`${i}`))))
    clock.advance(100)
    const handle = await log.append(bytesOf('last'))
    assert.equal(textOf(await log.read(handle)), 'last')
    assert.deepEqual((await log.readAll()).records.map(({ payload }) => textOf(payload)), [...Array(100).keys(), 'last'].map(String)) // prettier-ignore
    assert.equal(await log.clean(1100), 1)
    await log.close()
    await fence.release()
    assert.deepEqual(await readdir(place), ['.fence', 'log-1100-1200'])
  } finally {
    await rm(place, { recursive: true })
  }
})
