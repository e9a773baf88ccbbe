import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c } from './crc32c.ts'

/** One bit a step, from the definition. */
function slow(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

test('the check value of the standard and the vectors of RFC 3720 come out', () => {
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43)
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e)
})

test('any bytes have the checksum of the definition, in one go or in two', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      assert.equal(crc32c(bytes), slow(bytes))
      assert.equal(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut))), slow(bytes))
    }),
  ))

test('bytes at any place of any memory have the same checksum', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(100))
  for (let i = 0; i < shared.length; i++) shared[i] = i * 37
  for (let start = 0; start < 16; start++) {
    for (let end = start; end <= shared.length; end += 7)
      assert.equal(crc32c(shared.subarray(start, end)), slow(shared.subarray(start, end)), `${start}–${end}`)
  }
})
