import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileSystemConformance } from './conformance.ts'
import { faulty } from './faulty-file-system.ts'
import { LocalFileSystem } from './local-file-system.ts'
import { MemoryFileSystem } from './memory-file-system.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

async function localStore() {
  const directory = await mkdtemp(join(tmpdir(), 'dstream-storage-'))
  return { fileSystem: new LocalFileSystem(), directory, close: () => rm(directory, { recursive: true }) }
}

fileSystemConformance('LocalFileSystem', localStore)

test('processes of different containers, which have the same number, do not write into the temporary files of each other', async () => {
  const { fileSystem, directory, close } = await localStore()
  // The same module once more: its files are numbered from 1 again.
  const other = './local-file-system.ts?of-another-container'
  const { LocalFileSystem: Other } = (await import(other)) as { LocalFileSystem: typeof LocalFileSystem }
  const path = `${directory}/checkpoint`
  const writers = [await fileSystem.createWriter(path), await new Other().createWriter(path)]
  for (const [i, writer] of writers.entries()) await writer.write(bytes(`of ${i}`))
  for (const [i, writer] of writers.entries()) {
    await writer.commit()
    const reader = await fileSystem.open(path)
    assert.deepEqual(await reader.read(0, 100), bytes(`of ${i}`))
    await reader.close()
  }
  await close()
})

fileSystemConformance('MemoryFileSystem', async () => {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.mkdirs('/nested/dir')
  return { fileSystem, directory: '/nested/dir', close: async () => undefined }
})

fileSystemConformance('a store without faults', async () => {
  const fileSystem = faulty(new MemoryFileSystem(), () => undefined)
  await fileSystem.mkdirs('/dir')
  return { fileSystem, directory: '/dir', close: async () => undefined }
})

test('a crash takes what was appended and not flushed, and nothing else', async () => {
  const fs = new MemoryFileSystem()
  await fs.create('/whole', bytes('whole'))
  const log = await fs.append('/log')
  await log.write(bytes('safe'))
  await log.sync()
  await log.write(bytes('unsafe'))
  fs.crash(() => 2)
  assert.deepEqual((await fs.list('/')).map(file => [file.name, file.length]), [['log', 6], ['whole', 5]]) // prettier-ignore
})

test('modification times come from the given clock', async () => {
  let now = 1000
  const fs = new MemoryFileSystem({ now: () => now })
  await fs.create('/f', bytes('x'))
  assert.equal((await fs.stat('/f'))?.modifiedMs, 1000)
  now = 2000
  const log = await fs.append('/f')
  await log.write(bytes('y'))
  assert.equal((await fs.stat('/f'))?.modifiedMs, 2000)
  fs.touch('/f', 5)
  assert.equal((await fs.stat('/f'))?.modifiedMs, 5)
})

test('a full store says that it is full, which path, and why', async () => {
  const fs = faulty(new MemoryFileSystem(), operation => (operation.name === 'create' ? 'ENOSPC' : undefined))
  await assert.rejects(fs.create('/f', bytes('x')), {
    code: 'STORAGE_FULL',
    path: '/f',
    message: /Cannot create \/f: the store is full: ENOSPC/,
  })
  assert.equal(await fs.stat('/f'), undefined)
})

test('a torn write leaves its first bytes and fails', async () => {
  const fs = faulty(new MemoryFileSystem(), operation => (operation.name === 'write' ? { torn: 3 } : undefined))
  const log = await fs.append('/log')
  await assert.rejects(log.write(bytes('abcdef')), { code: 'STORAGE_FAILED' })
  assert.equal((await fs.stat('/log'))?.length, 3)
})

test('a lost rename says it was done and was not', async () => {
  const store = new MemoryFileSystem()
  await store.create('/from', bytes('x'))
  await faulty(store, () => 'lost').rename('/from', '/to')
  assert.equal(await store.stat('/to'), undefined)
})

test('faults are planned by name, path and number of the operation', async () => {
  const seen: string[] = []
  const fs = faulty(new MemoryFileSystem(), ({ name, path, index }) => {
    seen.push(`${index} ${name} ${path}`)
    return index === 2 ? 'EIO' : undefined
  })
  const log = await fs.append('/log')
  await log.write(bytes('x'))
  await assert.rejects(log.sync(), { code: 'STORAGE_FAILED' })
  assert.deepEqual(seen, ['0 append /log', '1 write /log', '2 sync /log'])
})
