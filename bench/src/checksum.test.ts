import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checksumOfPairs, checksumOfTexts } from './checksum.ts'

test('the order of records changes no checksum', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), texts => {
      assert.deepEqual(checksumOfTexts(texts.toReversed()), checksumOfTexts(texts))
      assert.deepEqual(checksumOfTexts(texts.toSorted()), checksumOfTexts(texts))
    }),
  )
})

test('checksums of parts add up to that of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
      const [x, y] = [checksumOfTexts(a), checksumOfTexts(b)]
      assert.deepEqual(checksumOfTexts([...a, ...b]), { count: x.count + y.count, hash: (x.hash + y.hash) >>> 0 })
    }),
  )
})

test('a changed value, a missing record and a doubled one change the checksum', () => {
  const whole = checksumOfPairs([
    ['a', 1],
    ['b', 2],
  ])
  assert.notDeepEqual(
    checksumOfPairs([
      ['a', 1],
      ['b', 3],
    ]),
    whole,
  )
  assert.notDeepEqual(checksumOfPairs([['a', 1]]), whole)
  assert.notDeepEqual(
    checksumOfPairs([
      ['a', 1],
      ['b', 2],
      ['b', 2],
    ]),
    whole,
  )
})
