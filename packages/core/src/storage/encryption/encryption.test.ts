import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { aesGcm, openPayload, plainPayloads } from './cipher.ts'
import { cipherOf, keyVariable } from './encryption-key.ts'

const key = (bytes: number, fill = 1) => Buffer.alloc(bytes, fill)
const notOpened = { code: 'PAYLOAD_NOT_OPENED' }

test('what was sealed opens again, with keys of all three sizes, also by another object with the same key', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(16, 24, 32), (plain, size) => {
      const cipher = aesGcm(key(size))
      const sealed = cipher.seal(plain, 'log 1')
      assert.equal(sealed.length, plain.length + cipher.overheadBytes)
      assert.deepEqual([...aesGcm(key(size)).open(sealed, 'log 1')], [...plain])
    }),
  ))

test('no flipped bit and no cut goes unnoticed', () => {
  const cipher = aesGcm(key(32))
  const sealed = cipher.seal(Buffer.from('secret'), 'log 1')
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed)
    changed[bit >> 3]! ^= 1 << (bit & 7)
    assert.throws(() => cipher.open(changed, 'log 1'), notOpened, `bit ${bit}`)
  }
  for (let length = 0; length < sealed.length; length++)
    assert.throws(() => cipher.open(sealed.subarray(0, length), 'log 1'), notOpened)
})

test('bytes that were never sealed are refused, and nothing else comes of them', () => {
  const cipher = aesGcm(key(16), key(32, 2))
  const sealed = Buffer.from(cipher.seal(Buffer.from('x'), 'a'))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(sealed.length), fc.boolean(), (bytes, keep, behind) => {
      const head = sealed.subarray(0, keep)
      const content = behind ? Buffer.concat([head, bytes]) : Buffer.from(bytes)
      if (!content.equals(sealed)) assert.throws(() => cipher.open(content, 'a'), notOpened)
    }),
  )
})

test('what belongs to one place does not open in another, nor with another key', () => {
  const sealed = aesGcm(key(32)).seal(Buffer.from('secret'), 'log 1')
  assert.throws(() => aesGcm(key(32)).open(sealed, 'log 2'), notOpened)
  assert.throws(() => aesGcm(key(32, 2)).open(sealed, 'log 1'), { ...notOpened, message: /another key/ })
  assert.throws(() => aesGcm(key(16)).open(sealed, 'log 1'), { ...notOpened, message: /another key/ })
})

test('equal payloads do not look alike, and show nothing of what is in them', () => {
  const cipher = aesGcm(key(32))
  const sealed = [cipher, cipher, aesGcm(key(32))].map(one =>
    Buffer.from(one.seal(Buffer.from('secret'), 'a')).toString('latin1'),
  )
  assert.equal(new Set(sealed).size, 3)
  for (const text of sealed) assert.ok(!text.includes('secret'))
})

test('the key comes from a file or from the environment, in base64 or hexadecimal', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dstream-key-'))
  try {
    const keyFile = join(directory, 'key')
    await writeFile(keyFile, `${key(32).toString('base64')}\n`)
    const sealed = cipherOf({ enabled: true, keyFile, keySizeBits: 256 }, {}).seal(Buffer.from('x'), '')
    const other = cipherOf({ enabled: true }, { [keyVariable]: key(32).toString('hex') })
    assert.equal(Buffer.from(other.open(sealed, '')).toString(), 'x')
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('without a key, with one that is none, or of another size than is asked for, nothing is written in the clear', () => {
  const refused = (value: string | undefined, keySizeBits?: number) =>
    assert.throws(() => cipherOf({ enabled: true, ...(keySizeBits && { keySizeBits }) }, { [keyVariable]: value }), {
      code: 'ENCRYPTION_KEY',
    })
  refused(undefined)
  refused('')
  refused('not a key!')
  refused(Buffer.alloc(15).toString('base64'))
  refused(key(16).toString('base64'), 256)
  assert.throws(() => cipherOf({ enabled: true, keyFile: '/no/such/file' }, {}), { code: 'ENCRYPTION_KEY' })
  assert.throws(() => aesGcm(new Uint8Array(5)), { code: 'ENCRYPTION_KEY' })
})

test('a replaced key still opens what was encrypted with it, and encrypts no more', () => {
  const [before, after] = [key(16, 1), key(32, 2)]
  const old = aesGcm(before).seal(Buffer.from('x'), 'a')
  const keys = `${after.toString('base64')}\n${before.toString('hex')}\n`
  const cipher = cipherOf({ enabled: true }, { [keyVariable]: keys })
  assert.equal(Buffer.from(cipher.open(old, 'a')).toString(), 'x')
  assert.throws(() => aesGcm(before).open(cipher.seal(Buffer.from('y'), 'a'), 'a'), notOpened)
  assert.throws(() => cipherOf({ enabled: true }, { [keyVariable]: after.toString('hex') }).open(old, 'a'), notOpened)
  const spoilt = { [keyVariable]: `${after.toString('hex')}, none` }
  assert.throws(() => cipherOf({ enabled: true }, spoilt), { code: 'ENCRYPTION_KEY', message: /Key 2/ })
})

test('where encryption was turned off, the key opens what was encrypted before, and is not asked for else', () => {
  const sealed = aesGcm(key(32)).seal(Buffer.from('x'), 'a')
  const cipher = cipherOf({ enabled: false }, { [keyVariable]: key(32).toString('hex') })
  assert.equal(Buffer.from(cipher.open(sealed, 'a')).toString(), 'x')
  assert.equal(cipher.overheadBytes, 0)
  assert.equal(Buffer.from(cipher.seal(Buffer.from('y'), 'a')).toString(), 'y')
  const lost = cipherOf({ enabled: false, keyFile: '/no/such/file' }, {})
  assert.equal(Buffer.from(lost.seal(Buffer.from('y'), 'a')).toString(), 'y')
  assert.throws(() => lost.open(sealed, 'a'), { code: 'ENCRYPTION_KEY' })
})

test('of a file it is said which payload was not opened, and one that was never sealed is as it is', () => {
  const place = { sealed: true, context: 'log 1', file: '/log/a' }
  const refused = { ...notOpened, message: /^\/log\/a: .*no key/ }
  assert.throws(() => openPayload(plainPayloads, Buffer.from('x'), place), refused)
  assert.equal(Buffer.from(openPayload(aesGcm(key(32)), Buffer.from('x'), { ...place, sealed: false })).toString(), 'x')
})
