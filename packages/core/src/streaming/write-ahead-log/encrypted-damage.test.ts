import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aesGcm } from '../../storage/encryption/index.ts'
import { MemoryFileSystem } from '../../storage/memory-file-system.ts'
import { bytesOf, contentOf, open, texts } from './log-for-tests.ts'

const path = '/log/log-1000-61000'
const cipher = aesGcm(Buffer.alloc(16, 1))
const records = ['first', 'second']

async function encrypted(): Promise<Uint8Array> {
  const fileSystem = new MemoryFileSystem()
  const log = await open(fileSystem, { cipher })
  for (const record of records) await log.append(bytesOf(record))
  await log.close()
  return contentOf(fileSystem, path)
}

async function read(content: Uint8Array) {
  const fileSystem = new MemoryFileSystem()
  await fileSystem.create(path, content)
  return texts(fileSystem, { cipher, onMissing: 'skip' })
}

// That a key is missing and that a bit is broken are two things: the one must stop the program, the other must not.
test('an encrypted log that is cut off at any byte gives its whole records, and no key is blamed', async () => {
  const content = await encrypted()
  for (let length = 0; length < content.length; length++) {
    const { texts: found, report } = await read(content.subarray(0, length))
    assert.deepEqual(found, records.slice(0, found.length))
    assert.ok(report.damages.length > 0 || found.length > 0 || length === 56, `cut at ${length}`)
  }
})

test('a flipped bit of an encrypted log is damage like any other', async () => {
  const content = await encrypted()
  for (let bit = 0; bit < content.length * 8; bit++) {
    const changed = new Uint8Array(content)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    const { texts: found, report } = await read(changed)
    assert.equal(report.damages.length, 1, `bit ${bit}`)
    assert.ok(found.every(text => records.includes(text)))
  }
})
