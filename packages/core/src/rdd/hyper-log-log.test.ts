import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyHash } from '../codec/index.ts'
import { addHash, emptySketch, estimate, mergeSketches, precisionFor } from './hyper-log-log.ts'

const sketchOf = (things: Iterable<unknown>, precision: number): Uint8Array => {
  const sketch = emptySketch(precision)
  for (const thing of things) addHash(sketch, keyHash(thing))
  return sketch
}

test('errors are as the precision promises, from nothing to millions', () => {
  for (const count of [0, 1, 10, 300, 1000, 2500, 10_000, 100_000, 2_000_000]) {
    const errors = [0, 1, 2, 3].map(run => {
      const sketch = emptySketch(10)
      for (let i = 0; i < count; i++) addHash(sketch, keyHash(i * 4 + run))
      return count === 0 ? estimate(sketch) : estimate(sketch) / count - 1
    })
    // 1.04 / sqrt(1024) is 3.3 % for one; the mean of four has half of that.
    const mean = errors.reduce((a, b) => a + b) / 4
    assert.ok(Math.abs(mean) < 0.06, `${count}: ${errors}`)
  }
})

test('merging sketches is sketching everything', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (some, others) => {
      const merged = mergeSketches(sketchOf(some, 4), sketchOf(others, 4))
      assert.deepEqual(merged, sketchOf([...some, ...others], 4))
    }),
  )
})

test('all hashes of zeros and ones have a place', () => {
  for (const hash of [0, -1, 1, 0x7fffffff, -0x80000000]) {
    for (const precision of [4, 24]) {
      const sketch = addHash(emptySketch(precision), hash)
      assert.equal(sketch.filter(run => run > 0).length, 1)
      assert.ok(Math.max(...sketch.subarray(hash >>> (32 - precision)).subarray(0, 1)) <= 33 - precision)
    }
  }
})

test('accuracy decides about the size', () => {
  assert.equal(precisionFor(0.05), 9)
  assert.equal(precisionFor(0.5), 4)
  assert.equal(precisionFor(0.0001), 24)
  assert.throws(() => precisionFor(0), {
    code: 'APPROX_ACCURACY',
    message: /^accuracy \(0\) must be greater than 0\.000017/,
  })
  assert.throws(() => precisionFor(NaN), { code: 'APPROX_ACCURACY' })
})
