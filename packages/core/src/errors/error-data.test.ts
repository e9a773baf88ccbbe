import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import { DStreamError, errorFromData, errorToData, registerErrorClass } from './index.ts'

/** Through the data and back, as between two threads. */
const travelled = (error: unknown): unknown => errorFromData(structuredClone(errorToData(error)))

test('what is thrown without being an error survives as it is', () => {
  for (const value of ['text', undefined, null, 42, 7n, { reason: 'why', list: [1] }])
    assert.deepEqual(travelled(value), value)
  assert.equal(errorToData('text').message, 'text')
  assert.equal(errorToData(undefined).message, 'undefined')
})

test('a DStreamError keeps code, message, hint, stack and cause', () => {
  const error = new DStreamError('NO_OUTPUT', 'Nothing to do', { hint: 'Call print().', cause: new TypeError('inner') })
  const back = travelled(error)
  assert.ok(back instanceof DStreamError)
  assert.deepEqual(
    [back.code, back.hint, back.message, back.stack, back.name],
    [error.code, error.hint, error.message, error.stack, error.name],
  )
  assert.ok(back.cause instanceof TypeError)
  assert.equal(back.cause.message, 'inner')
})

test('an error with a registered code is an instance of its class again, with its fields', () => {
  class TooLateError extends DStreamError<'TOO_LATE_FOR_TEST'> {
    readonly byMs: number
    constructor(byMs: number) {
      super('TOO_LATE_FOR_TEST', `Too late by ${byMs} ms`)
      this.byMs = byMs
    }
  }
  registerErrorClass('TOO_LATE_FOR_TEST', TooLateError)
  const back = travelled(new TooLateError(5))
  assert.ok(back instanceof TooLateError)
  assert.equal(back.byMs, 5)
  assert.equal(back.hint, undefined)
})

test('a user’s own error keeps the name of its class, its code and its plain fields; the rest of its fields is text', () => {
  class Refused extends Error {
    code = 'E_REFUSED'
    table = 'orders'
    keys = [1n, { at: new Date(5) }]
    socket = new Map([[1, 2]])
    retry = (): number => 1
  }
  const back = travelled(new Refused('no')) as Refused
  assert.ok(back instanceof Error)
  assert.deepEqual(
    [back.name, back.message, back.code, back.table, back.keys],
    ['Refused', 'no', 'E_REFUSED', 'orders', [1n, { at: new Date(5) }]],
  )
  assert.equal(String(back.socket), 'Map(1) { 1 => 2 }')
  assert.equal(String(back.retry), '[Function: retry]')
})

test('an AggregateError keeps its errors', () => {
  const back = travelled(new AggregateError([new RangeError('a'), 'b'], 'all'))
  assert.ok(back instanceof AggregateError)
  assert.ok(back.errors[0] instanceof RangeError)
  assert.equal(back.errors[1], 'b')
})

test('an error that is its own cause ends somewhere', () => {
  const error = new Error('loop')
  error.cause = error
  assert.ok(JSON.stringify(errorToData(error)).length < 100_000)
})

test('an error of another realm is an error', () => {
  const foreign: unknown = vm.runInNewContext('new TypeError("elsewhere")')
  const back = travelled(foreign)
  assert.ok(back instanceof TypeError)
  assert.equal(back.message, 'elsewhere')
})

test('an error that cannot be read is still an error as data', () => {
  const hostile = new Error('x')
  Object.defineProperty(hostile, 'message', {
    get() {
      throw new Error('no')
    },
  })
  assert.equal(errorToData(hostile).message, 'an error that could not be read')
  const proxy: unknown = new Proxy({}, { getPrototypeOf: () => { throw new Error('no') } }) // prettier-ignore
  assert.equal(typeof errorToData(proxy).message, 'string')
})
