import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecords } from '../../codec/index.ts'
import { broadcastTable, destroyedRemembered } from './broadcast-table.ts'

const bytes = encodeRecords(['a'])

test('a thread remembers only of the last thousand destroyed values that they were there', () => {
  const keys = Array.from({ length: destroyedRemembered + 2 }, (_, i) => `destroyed/${i}`)
  for (const key of keys) {
    broadcastTable.add(key, bytes)
    broadcastTable.release(key, `place ${key}`)
  }
  const known = keys.filter(key => {
    try {
      return broadcastTable.entry(key) !== undefined
    } catch (error) {
      assert.match(String(error), /is of another run of the program, or was destroyed long ago/)
      return false
    }
  })
  assert.deepEqual(known, keys.slice(2))
  assert.throws(() => broadcastTable.entry(keys.at(-1)!).value, /destroy at place destroyed\/1001/)
  for (const key of keys) broadcastTable.remove(key)
})

test('however many are destroyed, one that was not can be read', () => {
  broadcastTable.add('kept', bytes)
  broadcastTable.release('kept')
  for (let i = 0; i <= destroyedRemembered; i++) {
    broadcastTable.add(`other/${i}`, bytes)
    broadcastTable.release(`other/${i}`, 'there')
  }
  assert.equal(broadcastTable.entry('kept').value, 'a')
  broadcastTable.remove('kept')
  for (let i = 0; i <= destroyedRemembered; i++) broadcastTable.remove(`other/${i}`)
})
