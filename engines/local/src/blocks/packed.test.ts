import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRecords, encodeRecords } from '@dstream/core/engine'
import { packed, unpacked } from './packed.ts'

test('packed records are smaller and come back', () => {
  const records = Array.from({ length: 1000 }, (_, i) => [`word ${i % 10}`, i])
  const bytes = encodeRecords(records)
  const small = packed(bytes)
  assert.ok(small.length < bytes.length / 2)
  assert.deepEqual(decodeRecords(unpacked(small)), records)
})

test('bytes that do not get smaller stay as they are', () => {
  const bytes = encodeRecords([1])
  assert.equal(packed(bytes), bytes)
  assert.equal(unpacked(bytes), bytes)
})

test('a changed length is an error', () => {
  const small = packed(encodeRecords(Array.from({ length: 1000 }, (_, i) => i)))
  small[4]! ^= 1
  assert.throws(() => unpacked(small))
})
