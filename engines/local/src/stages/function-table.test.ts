import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Builtin } from '@dstream/core/engine'
import { FunctionTable } from './function-table.ts'

const taking = (...data: readonly unknown[]): Builtin => ({ kind: 'builtin', name: 'take', functions: [], data })

test('functions whose data differs in any way have different numbers', () => {
  const data = [Infinity, -Infinity, NaN, null, undefined, -0, 0, '0', 5, 5n, '5n', '5', true, 'true', 'NaN', 'null', '\u0000NaN',
    [], {}, [[]], [null], [undefined], [1, 2], ['1,2'], '1,2', { a: 1 }, { a: '1' }, { a: 1n }, { 0: 1 }, Uint8Array.of(1), [1],
    new Date(5), new Date(5).toJSON(), new Map(), new Set()] // prettier-ignore
  const table = new FunctionTable()
  const numbers = data.map(one => table.entryOf(taking(one)).number)
  assert.equal(new Set(numbers).size, data.length)
  assert.notEqual(table.entryOf(taking(1, 2)).number, table.entryOf(taking('1,2')).number)
})

test('functions of equal data have one number', () => {
  const table = new FunctionTable()
  const number = (): number =>
    table.entryOf(taking(1, 'a', -0, NaN, [5n, { of: undefined }], Uint8Array.of(1, 2), new Date(5))).number
  assert.equal(number(), number())
})
