import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DataInput } from './data-input.ts'
import { DataOutput } from './data-output.ts'

const written = (write: (output: DataOutput) => void): Uint8Array => {
  const output = new DataOutput()
  write(output)
  return output.take()
}
const input = (bytes: Uint8Array): DataInput => new DataInput('file').open(bytes, 100, false)

test('a vint has the bytes that Hadoop’s WritableUtils gives it', () => {
  const cases: [number, string][] = [
    [0, '00'],
    [127, '7f'],
    [-112, '90'],
    [128, '8f80'],
    [-113, '8770'],
    [255, '8fff'],
    [256, '8e0100'],
    [-256, '87ff'],
    [-257, '860100'],
    [2 ** 31 - 1, '8c7fffffff'],
    [-(2 ** 31), '847fffffff'],
  ]
  for (const [value, hex] of cases) {
    assert.equal(Buffer.from(written(o => o.vint(value))).toString('hex'), hex, String(value))
    assert.equal(input(Buffer.from(hex, 'hex')).vint(), value)
  }
})

test('every 32-bit number comes back from its vint', () => {
  fc.assert(fc.property(fc.integer(), value => input(written(o => o.vint(value))).vint() === value))
})

test('every text comes back, half of a surrogate pair as U+FFFD', () => {
  const text = fc.string({ unit: 'binary' })
  fc.assert(fc.property(text, value => input(written(o => o.text(value))).text() === value.toWellFormed()))
  assert.equal(input(written(o => o.text('a\ud800b'))).text(), 'a\ufffdb')
})

test('a number of more than 32 bits, and one that is cut off, are errors with their byte', () => {
  assert.throws(() => input(Buffer.from('8bffffffffff', 'hex')).vint(), {
    code: 'CORRUPT_SEQUENCE_FILE',
    message: /32 bits/,
  })
  assert.throws(() => input(Buffer.from('8e01', 'hex')).vint(), { code: 'CORRUPT_SEQUENCE_FILE', position: 102 })
})
