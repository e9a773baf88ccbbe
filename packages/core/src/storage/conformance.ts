import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FileSystem } from './file-system.ts'

/** A store to be held to the rules, and an empty directory in it. */
export interface StoreUnderTest {
  readonly fileSystem: FileSystem
  readonly directory: string
  close(): Promise<void>
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

/** The rules of FileSystem as tests (Node's test runner): every implementation runs them. */
export function fileSystemConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  const rule = (fact: string, check: (fs: FileSystem, directory: string) => Promise<void>) =>
    test(fact, async () => {
      const store = await open()
      try {
        await check(store.fileSystem, store.directory)
      } finally {
        await store.close()
      }
    })
  describe(`${name} keeps the rules of a file system:`, () => {
    for (const [fact, check] of Object.entries({ ...files, ...writing, ...directories, ...logs })) rule(fact, check)
  })
}

type Rules = Readonly<Record<string, (fs: FileSystem, directory: string) => Promise<void>>>

async function textOf(fs: FileSystem, path: string): Promise<string> {
  const reader = await fs.open(path)
  const content = await reader.read(0, 1_000_000)
  await reader.close()
  return Buffer.from(content).toString()
}

const namesIn = async (fs: FileSystem, path: string): Promise<string[]> =>
  (await fs.list(path)).map(status => status.name)
const failsWith = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code

const files: Rules = {
  'create makes the directories above and the file': async (fs, d) => {
    await fs.create(`${d}/a/b/c.txt`, bytes('hello'))
    assert.equal(await textOf(fs, `${d}/a/b/c.txt`), 'hello')
    const status = await fs.stat(`${d}/a/b/c.txt`)
    assert.deepEqual(
      { ...status, modifiedMs: 0 },
      { path: `${d}/a/b/c.txt`, name: 'c.txt', isDirectory: false, length: 5, modifiedMs: 0 },
    )
  },
  'create replaces a file': async (fs, d) => {
    await fs.create(`${d}/f`, bytes('a longer first content'))
    await fs.create(`${d}/f`, bytes('second'))
    assert.equal(await textOf(fs, `${d}/f`), 'second')
  },
  'who has a file open goes on reading the old content when it is replaced': async (fs, d) => {
    await fs.create(`${d}/f`, bytes('old'))
    const reader = await fs.open(`${d}/f`)
    await fs.create(`${d}/f`, bytes('new'))
    assert.equal(Buffer.from(await reader.read(0, 3)).toString(), 'old')
    await reader.close()
  },
  'create leaves nothing else in the directory': async (fs, d) => {
    await fs.create(`${d}/f`, bytes('x'))
    await fs.createExclusive(`${d}/g`, bytes('x'))
    await fs.createExclusive(`${d}/g`, bytes('y'))
    assert.deepEqual(await namesIn(fs, d), ['f', 'g'])
  },
  'of several who create a file exclusively one wins': async (fs, d) => {
    const won = await Promise.all(['1', '2', '3'].map(text => fs.createExclusive(`${d}/f`, bytes(text))))
    assert.equal(won.filter(Boolean).length, 1)
    assert.equal(await textOf(fs, `${d}/f`), String(won.indexOf(true) + 1))
  },
  'ranges are read, cut at the end of the file': async (fs, d) => {
    await fs.create(`${d}/f`, bytes('0123456789'))
    const reader = await fs.open(`${d}/f`)
    assert.equal(reader.length, 10)
    assert.equal(Buffer.from(await reader.read(2, 3)).toString(), '234')
    assert.equal(Buffer.from(await reader.read(8, 10 ** 15)).toString(), '89')
    assert.equal((await reader.read(20, 5)).length, 0)
    const shared = new Uint8Array(new SharedArrayBuffer(4))
    assert.equal(await reader.readInto(shared, 7), 3)
    assert.deepEqual([...shared], [...bytes('789'), 0])
    await reader.close()
  },
  'a file that is not there cannot be opened, and has no status': async (fs, d) => {
    await assert.rejects(fs.open(`${d}/none`), failsWith('FILE_NOT_FOUND'))
    assert.equal(await fs.stat(`${d}/none`), undefined)
  },
  'a path through a file is no directory': async (fs, d) => {
    await fs.create(`${d}/f`, bytes('x'))
    assert.equal(await fs.stat(`${d}/f/g`), undefined)
    await assert.rejects(fs.open(`${d}/f/g`), failsWith('NOT_A_DIRECTORY'))
    await assert.rejects(fs.list(`${d}/f`), failsWith('NOT_A_DIRECTORY'))
    await assert.rejects(fs.open(d), failsWith('IS_A_DIRECTORY'))
  },
}

const writing: Rules = {
  'a writer shows nothing until it commits': async (fs, d) => {
    const writer = await fs.createWriter(`${d}/out/part`)
    await writer.write(bytes('one '))
    assert.equal(await fs.stat(`${d}/out/part`), undefined)
    await writer.write(bytes('two'))
    await writer.commit()
    assert.equal(await textOf(fs, `${d}/out/part`), 'one two')
    assert.deepEqual(await namesIn(fs, `${d}/out`), ['part'])
  },
  'a writer that is discarded leaves nothing': async (fs, d) => {
    const writer = await fs.createWriter(`${d}/part`)
    await writer.write(bytes('one'))
    await writer.discard()
    assert.deepEqual(await namesIn(fs, d), [])
  },
  'the memory of what was written may be used again': async (fs, d) => {
    const writer = await fs.createWriter(`${d}/part`)
    const memory = bytes('one')
    await writer.write(memory)
    memory.fill(0)
    await writer.commit()
    assert.equal(await textOf(fs, `${d}/part`), 'one')
  },
}

const directories: Rules = {
  'a directory lists what is in it by name, not what is below': async (fs, d) => {
    for (const name of ['b', 'a10', 'a9', '_hidden', '.dot', 'Z', 'sub/below'])
      await fs.create(`${d}/${name}`, bytes('x'))
    const found = await fs.list(d)
    assert.deepEqual(
      found.map(status => status.name),
      ['.dot', 'Z', '_hidden', 'a10', 'a9', 'b', 'sub'],
    )
    assert.deepEqual(
      found.filter(status => status.isDirectory).map(status => [status.path, status.length]),
      [[`${d}/sub`, 0]],
    )
  },
  'a directory that is not there cannot be listed': async (fs, d) =>
    assert.rejects(fs.list(`${d}/none`), failsWith('FILE_NOT_FOUND')),
  'mkdirs makes all that is missing, and may be repeated': async (fs, d) => {
    await fs.mkdirs(`${d}/a/b/c`)
    await fs.mkdirs(`${d}/a/b/c`)
    assert.equal((await fs.stat(`${d}/a/b/c`))?.isDirectory, true)
  },
  'delete removes a directory with everything in it': async (fs, d) => {
    await fs.create(`${d}/a/b`, bytes('x'))
    await fs.create(`${d}/ab`, bytes('x'))
    assert.equal(await fs.delete(`${d}/a`), true)
    assert.equal(await fs.delete(`${d}/a`), false)
    assert.deepEqual(await namesIn(fs, d), ['ab'])
  },
  'rename moves a file over another one': async (fs, d) => {
    await fs.create(`${d}/from`, bytes('new'))
    await fs.create(`${d}/to`, bytes('old'))
    await fs.rename(`${d}/from`, `${d}/to`)
    assert.equal(await textOf(fs, `${d}/to`), 'new')
    assert.deepEqual(await namesIn(fs, d), ['to'])
  },
  'rename moves a directory with its content, never over something': async (fs, d) => {
    await fs.create(`${d}/from/x`, bytes('x'))
    await fs.mkdirs(`${d}/taken`)
    await assert.rejects(fs.rename(`${d}/from`, `${d}/taken`), failsWith('FILE_EXISTS'))
    await fs.rename(`${d}/from`, `${d}/to`)
    assert.equal(await textOf(fs, `${d}/to/x`), 'x')
    assert.equal(await fs.stat(`${d}/from`), undefined)
  },
  'what is not there cannot be renamed': async (fs, d) =>
    assert.rejects(fs.rename(`${d}/none`, `${d}/to`), failsWith('FILE_NOT_FOUND')),
}

const logs: Rules = {
  'append makes a file and goes on at its end': async (fs, d) => {
    for (const text of ['one ', 'two']) {
      const log = await fs.append(`${d}/logs/log`)
      await log.write(bytes(text))
      await log.sync()
      await log.close()
    }
    assert.equal(await textOf(fs, `${d}/logs/log`), 'one two')
  },
  'a log knows its length, and is cut off and continued': async (fs, d) => {
    const log = await fs.append(`${d}/log`)
    await log.write(bytes('whole|torn'))
    assert.equal(log.length, 10)
    await log.truncate(6)
    assert.equal(log.length, 6)
    await log.write(bytes('next'))
    await log.sync()
    await log.close()
    assert.equal(await textOf(fs, `${d}/log`), 'whole|next')
  },
  'pieces of any number and size stand one behind the other': async (fs, d) => {
    const log = await fs.append(`${d}/log`)
    if (log.writeAll !== undefined) {
      const shared = new Uint8Array(new SharedArrayBuffer(100_000)).fill(1)
      const pieces = [shared, new Uint8Array(0), ...Array.from({ length: 2500 }, (_, i) => Uint8Array.of(i, i >> 8))]
      await log.write(Uint8Array.of(9))
      await log.writeAll(pieces)
      await log.sync()
      assert.equal(log.length, 105_001)
      const reader = await fs.open(`${d}/log`)
      assert.deepEqual(Buffer.compare(await reader.read(0, 200_000), Buffer.concat([Buffer.of(9), ...pieces])), 0)
      await reader.close()
    }
    await log.close()
  },

  'who reads a log sees what is appended later': async (fs, d) => {
    const log = await fs.append(`${d}/log`)
    await log.write(bytes('one'))
    const reader = await fs.open(`${d}/log`)
    await log.write(bytes('two'))
    assert.equal(Buffer.from(await reader.read(3, 100)).toString(), 'two')
    await Promise.all([log.close(), reader.close()])
  },
}
