import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Builtin, Closure } from '@dstream/core/engine'
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

/** A function that captured a table of as many bytes. */
const capturing = (id: number, bytes: number): Closure => ({
  ...{ kind: 'closure', id: `f${id}`, codeId: 'f', name: '', site: '', async: false },
  graph: { version: 1, root: 0, entries: [{ kind: 'view', type: 'Uint8Array', bytes: new Uint8Array(bytes) }] },
})
const megabyte = 2 ** 20

/** Runs jobs with a function each; gives the numbers that are still known after the last. */
function known(table: FunctionTable, jobs: number, bytes: number, each = (): number => 0): Set<number> {
  const numbers = new Set<number>()
  for (let i = 0; i < jobs; i++) {
    numbers.add(table.entryOf(capturing(i, bytes)).number)
    numbers.add(each())
    for (const number of table.age()) numbers.delete(number)
  }
  return numbers
}

test('small functions are remembered for some hundred jobs', () => {
  assert.equal(known(new FunctionTable(), 500, 100).size, 501)
})

test('of functions that capture a table each, in every batch another, few are held', () => {
  const held = known(new FunctionTable(), 500, megabyte).size
  assert.ok(held <= 1 + 16 + 2 * 16, `${held}`)
})

test('a function that every job uses keeps its number, however much the others take, and whatever it takes itself', () => {
  const table = new FunctionTable()
  const lookup = capturing(-1, 20 * megabyte)
  const { number } = table.entryOf(lookup)
  assert.ok(known(table, 200, megabyte, () => table.entryOf(lookup).number).has(number))
  assert.equal(table.entryOf(lookup).number, number)
})

test('a function that was forgotten gets another number when it is used again', () => {
  const table = new FunctionTable()
  const { number } = table.entryOf(capturing(0, 17 * megabyte))
  const forgotten = Array.from({ length: 32 }, () => table.age()).flat()
  assert.deepEqual(forgotten, [number])
  assert.notEqual(table.entryOf(capturing(0, 17 * megabyte)).number, number)
})
