import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countShared, sharedBytes } from './shared-bytes.ts'

/** What the garbage collector of this thread goes by. */
const counted = (): number => process.memoryUsage().external
const megabytes = 2 ** 20

test('shared memory is counted by the thread that makes it, and by one that is given it, once', () => {
  const before = counted()
  // Never touched, so that it takes no memory.
  const made = sharedBytes(256 * megabytes)
  const given = new Uint8Array(new SharedArrayBuffer(256 * megabytes))
  const ofOne = counted() - before
  countShared(given)
  countShared(given.subarray(8))
  const ofBoth = counted() - before
  assert.ok(ofOne > 50 * megabytes && ofOne < 80 * megabytes, `${ofOne}`)
  assert.ok(ofBoth > 110 * megabytes && ofBoth < 150 * megabytes, `${ofBoth}`)
  assert.equal(made.length, given.length)
})

test('memory that is not shared, or little, is left to V8', () => {
  const [own, little] = [new Uint8Array(64 * megabytes), sharedBytes(100)]
  const before = counted()
  countShared(own)
  countShared(little)
  assert.ok(counted() - before < megabytes)
})
