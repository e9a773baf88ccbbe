import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyMap, keyEquals, keyHash } from '../../codec/index.ts'
import { KeyIndex } from './key-index.ts'

const key = fc.oneof(
  fc.string({ maxLength: 2 }),
  fc.constantFrom(0, -0, NaN, 1, 1n, null, undefined, true, ''),
  fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 3 })),
)

test('a key has the slot that a map of keys compared by content says', () =>
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), keys => {
      const index = new KeyIndex()
      const slots = new KeyMap<unknown, number>()
      for (const key of keys) {
        if (!slots.has(key)) slots.set(key, slots.size)
        assert.equal(index.slotFor(key), slots.get(key))
      }
      assert.equal(index.keys.length, slots.size)
      for (const [slot, key] of index.keys.entries()) assert.equal(slots.get(key), slot)
    }),
  ))

test('keys appended together are found as those that came one by one', () =>
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 100, comparator: keyEquals }), fc.nat(100), (keys, first) => {
      const index = new KeyIndex()
      for (const key of keys.slice(0, first)) index.slotFor(key)
      const rest = keys.slice(first)
      index.appendNew(rest, Int32Array.from(rest, keyHash))
      for (const [slot, key] of keys.entries()) assert.equal(index.slotFor(key), slot)
      assert.equal(index.keys.length, keys.length)
    }),
  ))

test('keys of one partition, whose hashes are alike modulo the partitions, do not crowd together', () => {
  const index = new KeyIndex()
  for (let i = 0; i < 200_000; i += 4) index.slotFor(i)
  for (let i = 0; i < 200_000; i += 4) assert.equal(index.slotFor(i), i / 4)
})
