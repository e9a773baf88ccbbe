import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { FileSystem } from '../file-system.ts'
import { MemoryFileSystem } from '../memory-file-system.ts'
import { aesGcm, plainPayloads } from './cipher.ts'
import { encryptedFiles } from './encrypted-files.ts'

const cipher = aesGcm(Buffer.alloc(16, 1))
const frame = 1 << 18
const path = '/saved/part-00000'

async function write(store: FileSystem, ...pieces: readonly Uint8Array[]): Promise<void> {
  const writer = await store.createWriter(path)
  for (const piece of pieces) await writer.write(piece)
  await writer.commit()
}

async function read(store: FileSystem, offset = 0, length = Infinity): Promise<Buffer> {
  const reader = await store.open(path)
  try {
    return Buffer.from(await reader.read(offset, Math.min(length, reader.length)))
  } finally {
    await reader.close()
  }
}

/** Bytes none of which is like its neighbours. */
const bytesOf = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7) ^ (i >> 8)))

test('what was written is read, whole and in any part, whatever the pieces and the number of frames', async () => {
  for (const length of [0, 1, frame - 1, frame, frame + 1, 2 * frame, 2 * frame + 17]) {
    const [plain, store] = [bytesOf(length), new MemoryFileSystem()]
    const files = encryptedFiles(store, cipher)
    await write(files, plain.subarray(0, 10), plain.subarray(10, 5000), plain.subarray(5000))
    assert.ok((await read(files)).equals(plain), `${length} bytes`)
    for (const offset of [0, 3, frame - 1, frame, frame + 5, length])
      assert.ok(
        (await read(files, offset, 100)).equals(plain.subarray(offset, offset + 100)),
        `${length} from ${offset}`,
      )
  }
})

test('nothing of it can be seen, and a file that is not encrypted is read as it is', async () => {
  const store = new MemoryFileSystem()
  const files = encryptedFiles(store, cipher)
  await write(files, Buffer.from('secret'))
  assert.ok(!(await read(store)).includes('secret'))
  await assert.rejects(read(encryptedFiles(store, plainPayloads)), { code: 'PAYLOAD_NOT_OPENED' })
  await assert.rejects(read(encryptedFiles(store, aesGcm(Buffer.alloc(16, 2)))), { code: 'PAYLOAD_NOT_OPENED' })
  await write(encryptedFiles(store, plainPayloads), Buffer.from('plain'))
  assert.equal((await read(store)).toString(), 'plain')
  assert.equal((await read(files)).toString(), 'plain')
})

const refused = { code: 'CORRUPT_CHECKPOINT' }

test('one that is cut off anywhere, or has any bit changed, is refused, and no key is blamed', async () => {
  const store = new MemoryFileSystem()
  const files = encryptedFiles(store, cipher)
  await write(files, Buffer.from('secret'))
  const whole = await read(store)
  // One that does not begin as an encrypted file is none.
  for (let length = 8; length < whole.length; length++) {
    await store.create(path, whole.subarray(0, length))
    await assert.rejects(read(files), refused, `cut at ${length}`)
  }
  for (let bit = 64; bit < whole.length * 8; bit++) {
    const changed = Buffer.from(whole)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    await store.create(path, changed)
    await assert.rejects(read(files), refused, `bit ${bit}`)
  }
})

test('a file that ends with a frame that is not its last is cut off', async () => {
  const store = new MemoryFileSystem()
  const files = encryptedFiles(store, cipher)
  await write(files, bytesOf(frame + 1))
  const whole = await read(store)
  await store.create(path, whole.subarray(0, 24 + 4 + frame + 56))
  await assert.rejects(read(files), refused)
})

test('bytes behind the head of one do nothing but be refused', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async bytes => {
      const store = new MemoryFileSystem()
      const files = encryptedFiles(store, cipher)
      await write(files, Buffer.from('secret'))
      await store.create(path, Buffer.concat([(await read(store)).subarray(0, 24), bytes]))
      await assert.rejects(read(files), refused)
    }),
  ))
