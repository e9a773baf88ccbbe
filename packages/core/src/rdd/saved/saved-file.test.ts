import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryFileSystem } from '../../storage/index.ts'
import { readSavedFile, savedFileVersion, writeSavedFile } from './saved-file.ts'

const path = '/saved/part-00000'
const readAll = async (store: MemoryFileSystem): Promise<unknown[]> => [...(await readSavedFile(store, path))]
async function bytesOf(store: MemoryFileSystem): Promise<Uint8Array> {
  const reader = await store.open(path)
  return reader.read(0, reader.length)
}

test('what is saved is read again, whatever the records are', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.anything({ withBigInt: true, withDate: true }), fc.integer())),
      async records => {
        const store = new MemoryFileSystem()
        assert.equal(await writeSavedFile(store, path, records), records.length)
        assert.deepEqual(await readAll(store), records)
      },
    ),
    { numRuns: 50 },
  ))

test('records beyond one frame come back in their order', async () => {
  const store = new MemoryFileSystem()
  const records = Array.from({ length: 10_000 }, (_, i) => [`key${i}`, i])
  await writeSavedFile(store, path, records)
  assert.deepEqual(await readAll(store), records)
})

test('a file that is cut off anywhere, or has one byte changed, is refused', async () => {
  const store = new MemoryFileSystem()
  await writeSavedFile(store, path, [['a', 1], ['b', 2]]) // prettier-ignore
  const whole = await bytesOf(store)
  for (let at = 0; at < whole.length; at++) {
    await store.create(path, whole.slice(0, at))
    await assert.rejects(readAll(store), { code: 'CORRUPT_CHECKPOINT' }, `cut at ${at}`)
    const changed = whole.slice()
    changed[at]! ^= 1
    await store.create(path, changed)
    await assert.rejects(readAll(store), { code: 'CORRUPT_CHECKPOINT' }, `changed at ${at}`)
  }
})

test('a file of another version says which', async () => {
  const store = new MemoryFileSystem()
  await writeSavedFile(store, path, [])
  const { crc32c } = await import('../../storage/index.ts')
  const bytes = Buffer.from(await bytesOf(store))
  bytes.writeUInt32LE(savedFileVersion + 1, 8)
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 12)), 12)
  await store.create(path, bytes)
  await assert.rejects(readAll(store), /version 2, and this program reads version 1/)
})

test('records that cannot be encoded leave no file', async () => {
  const store = new MemoryFileSystem()
  await assert.rejects(writeSavedFile(store, path, [() => 1]))
  assert.equal(await store.stat(path), undefined)
})

test('large records are encoded some megabytes at a time', async () => {
  const store = new MemoryFileSystem()
  await writeSavedFile(store, path, Array(1000).fill(new Uint8Array(50_000)))
  const bytes = Buffer.from(await bytesOf(store))
  const lengths: number[] = []
  for (let at = 16, length; (length = bytes.readUInt32LE(at)) > 0; at += 8 + length) lengths.push(length)
  assert.ok(lengths.length > 1)
  for (const length of lengths.slice(1)) assert.ok(length < 5_000_000, `${length}`)
})
