import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { aesGcm } from '../../storage/encryption/index.ts'
import { MemoryFileSystem } from '../../storage/index.ts'
import { ManualClock } from '../../time/index.ts'
import { registerWriteAheadLog, type CustomWriteAheadLog } from './custom-log.ts'
import { bytesOf, fenceOf, open, textOf, texts } from './log-for-tests.ts'
import { readRecord } from './read-log.ts'
import { WriteAheadLog, type WriteAheadLogOptions } from './write-ahead-log.ts'

/** Logs in the memory of a test: by directory, the records with their times. */
class Tables {
  readonly tables = new Map<string, ([timeMs: number, record: Uint8Array] | undefined)[]>()
  /** So many writes fail, after the record was put there. */
  failures = 0
  readonly open = (directory: string): CustomWriteAheadLog => {
    const rows = this.tables.get(directory) ?? []
    this.tables.set(directory, rows)
    return {
      write: async (record, timeMs) => {
        const row = rows.push([timeMs, new Uint8Array(record)]) - 1
        if (this.failures-- > 0) throw new Error('the connection was lost')
        return { row }
      },
      read: async handle => rows[(handle as { row: number }).row]![1],
      readAll: () => rows.flatMap(row => (row === undefined ? [] : [row[1]])),
      clean: async thresholdMs => rows.forEach((row, i) => row && row[0] < thresholdMs && (rows[i] = undefined)),
      close: async () => undefined,
    }
  }
}

const using = async (action: (tables: Tables, implementation: string) => Promise<void>): Promise<void> => {
  const tables = new Tables()
  const undo = registerWriteAheadLog('tables', ({ directory }) => tables.open(directory))
  try {
    await action(tables, 'tables')
  } finally {
    undo()
  }
}

test('another implementation keeps the records; what is read is what was appended', () =>
  using(async (tables, implementation) => {
    const fileSystem = new MemoryFileSystem()
    const log = await open(fileSystem, { implementation })
    const handles = await Promise.all(['a', 'b', 'c'].map(text => log.append(bytesOf(text))))
    assert.equal(textOf(await log.read(handles[1]!)), 'b')
    const again = JSON.parse(JSON.stringify(handles[2]))
    assert.equal(textOf(await readRecord({ fileSystem, directory: '/log', implementation }, again)), 'c')
    assert.deepEqual((await texts(fileSystem, { implementation })).texts, ['a', 'b', 'c'])
    assert.deepEqual((await texts(fileSystem, { implementation, after: 2 })).texts, ['c'])
    assert.equal(tables.tables.get('/log')?.length, 3)
    assert.equal(await fileSystem.stat('/log'), undefined)
    await log.close()
  }))

test('a writer that goes on has the next numbers, and one that was taken over writes nothing that counts', () =>
  using(async (tables, implementation) => {
    const fileSystem = new MemoryFileSystem()
    const first = await open(fileSystem, { implementation })
    await first.append(bytesOf('a'))
    const second = await open(fileSystem, { implementation, fence: fenceOf(2) })
    assert.equal((await second.append(bytesOf('b'))).sequence, 2)
    // Nobody told it that it is stale: its record stands behind the other's.
    await first.append(bytesOf('stale'))
    assert.equal(tables.tables.get('/log')?.length, 3)
    assert.deepEqual((await texts(fileSystem, { implementation })).texts, ['a', 'b'])
  }))

test('a write that fails is tried again, and counts once though it was there', () =>
  using(async (tables, implementation) => {
    const fileSystem = new MemoryFileSystem()
    const log = await open(fileSystem, { implementation })
    await log.append(bytesOf('a'))
    tables.failures = 2
    await log.append(bytesOf('b'))
    tables.failures = 3
    await assert.rejects(log.append(bytesOf('c')), { code: 'LOG_NOT_WRITTEN' })
    await log.append(bytesOf('d'))
    const { texts: found, report } = await texts(fileSystem, { implementation })
    assert.deepEqual(found, ['a', 'b', 'd'])
    assert.deepEqual(report.missing, [])
  }))

test('a record that the implementation has changed is reported, and reading stops before those behind it', () =>
  using(async (tables, implementation) => {
    const fileSystem = new MemoryFileSystem()
    const log = await open(fileSystem, { implementation })
    const handles = await Promise.all(['a', 'b', 'c'].map(text => log.append(bytesOf(text))))
    tables.tables.get('/log')![1]![1]![45] = 0
    tables.tables.get('/log')![1]![1]![40] = 0
    await assert.rejects(log.read(handles[1]!), { code: 'LOG_RECORD_UNREADABLE' })
    const { texts: found, report } = await texts(fileSystem, { implementation })
    assert.deepEqual([found, report.missing, report.leftOut], [['a'], [{ from: 2, to: 2 }], 1])
    assert.equal(report.damages.length, 1)
    assert.deepEqual((await texts(fileSystem, { implementation, onMissing: 'skip' })).texts, ['a', 'c'])
  }))

test('whatever an implementation gives back, reading ends, and what is read was written', () =>
  using(async (tables, implementation) => {
    const fileSystem = new MemoryFileSystem()
    const log = await open(fileSystem, { implementation })
    for (const text of ['a', 'bb', 'ccc']) await log.append(bytesOf(text))
    const rows = tables.tables.get('/log')!
    const [timeMs, whole] = rows[1]!
    const check = async (changed: Uint8Array, what: string): Promise<void> => {
      rows[1] = [timeMs, changed]
      assert.deepEqual((await texts(fileSystem, { implementation })).texts, ['a'], what)
      assert.deepEqual((await texts(fileSystem, { implementation, onMissing: 'skip' })).texts, ['a', 'ccc'], what)
    }
    for (let length = 0; length < whole.length; length++) await check(whole.subarray(0, length), `cut at ${length}`)
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const changed = new Uint8Array(whole)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      await check(changed, `bit ${bit}`)
    }
    await check(Buffer.concat([whole, whole]), 'twice')
  }))

test('it is encrypted before the implementation sees it, and cleaned by it', () =>
  using(async (tables, implementation) => {
    const fileSystem = new MemoryFileSystem()
    const clock = new ManualClock(1000)
    const cipher = aesGcm(Buffer.alloc(16, 1))
    const log = await open(fileSystem, { implementation, cipher, clock })
    await log.append(bytesOf('secret'))
    clock.setTo(2000)
    await log.append(bytesOf('secret too'))
    for (const row of tables.tables.get('/log')!) assert.ok(!textOf(row![1]).includes('secret'))
    await assert.rejects(texts(fileSystem, { implementation }), { code: 'PAYLOAD_NOT_OPENED' })
    await log.clean(2000)
    assert.deepEqual((await texts(fileSystem, { implementation, cipher })).texts, ['secret too'])
  }))

test('an implementation can be a module; one that cannot be loaded, or makes no log, is refused by name', async () => {
  const place = await mkdtemp(join(tmpdir(), 'dstream-log-module-'))
  try {
    const module = join(place, 'log.mjs')
    await writeFile(module, `export const make = () => ({ readAll: () => [], write: async r => r.length, close: async () => {} })`) // prettier-ignore
    const fileSystem = new MemoryFileSystem()
    const options = { fileSystem, directory: '/log', clock: new ManualClock(0), fence: fenceOf(1) }
    const opened = (implementation: string) =>
      WriteAheadLog.open({ ...options, implementation } satisfies WriteAheadLogOptions)
    assert.equal((await (await opened(`${module}#make`)).append(bytesOf('a'))).own, 41)
    const refused = { code: 'WRITE_AHEAD_LOG_CLASS' }
    await assert.rejects(opened(module), { ...refused, message: /exports no function default/ })
    await assert.rejects(opened('no-such-package'), { ...refused, message: /"no-such-package"/ })
    await assert.rejects(opened('./no/such/file.js'), refused)
  } finally {
    await rm(place, { recursive: true })
  }
})
