import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../../../../tools/src/source-scan.ts'
import type { ClassRegistry } from '../classes.ts'
import { decodeRecords } from './decode.ts'
import { encodeRecords } from './encode.ts'

class Point {
  x: number
  #norm: number
  constructor(x: number) {
    this.x = x
    this.#norm = Math.abs(x)
  }
  get norm() {
    return this.#norm
  }
  static read = (point: Point) => ({ norm: point.#norm })
  static write = (point: Point, norm: number) => void (point.#norm = norm)
}
class Tags extends Map {
  owner = 'ann'
}
class List extends Array {
  owner = 'bob'
}
class Refusal extends TypeError {
  reason = 'late'
}
class Unknown {}

const classes: ClassRegistry = {
  classIdOf: type => (type === Unknown || !(type.name in { Point, Tags, List, Refusal }) ? undefined : type.name),
  classOf: id => ({ Point, Tags, List, Refusal })[id],
  privatesOf: type =>
    type === Point
      ? {
          read: point => Point.read(point as Point),
          write: (point, { norm }) => Point.write(point as Point, norm as number),
        }
      : undefined,
  blank: type => (type === Point ? new Point(0) : (Object.create(type.prototype as object) as object)),
}

/** Each row: the kind of value, an example (JavaScript), what comes back. `same` says that deepStrictEqual holds; else a check of the copy `c`. */
type Row = readonly [kind: string, example: string, back: string, check?: string]

const rows: readonly Row[] = [
  ['undefined, null, booleans', '[undefined, null, true, false]', 'same'],
  ['whole numbers', '[0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 53]', 'same'],
  ['doubles', '[0.1, -0, NaN, Infinity, -Infinity, 5e-324]', 'same; `-0` and `NaN` too'],
  ['bigint', '[0n, -5n, 2n ** 63n, -(2n ** 200n)]', 'same, of any size'],
  ['string', "['', 'é', '日本', '😀', 'a\\u0000b']", 'same'],
  ['string with a lone surrogate', "'\\ud800 and \\udc00'", 'same'],
  ['array', "[1, ['a', [null]]]", 'same'],
  ['array with holes', '[1, , undefined, ,]', 'same: holes stay holes'],
  ['match of a regular expression', "/(?<a>.)(b)?/d.exec('xa')", 'same: with `index`, `input`, `groups`, `indices`'],
  ['other array with properties of its own', "Object.assign([1], { index: 3 })", 'the items only', 'assert.deepStrictEqual(c, [1])'],
  ['plain object', "{ b: 1, a: { c: [] }, '': 2 }", 'same, in the same order of properties'],
  ['object with a property `__proto__`', "JSON.parse('{\"__proto__\": 1}')", 'same: it is a property'],
  ['object without prototype', "Object.assign(Object.create(null), { a: 1 })", 'same: without prototype'],
  ['getter of an object', '({ get a() { return 1 } })', 'its value', 'assert.deepStrictEqual(Object.getOwnPropertyDescriptor(c, "a").value, 1)'],
  ['properties by symbol, not enumerable', "Object.defineProperty({ a: 1, [Symbol.iterator]: 2 }, 'b', { value: 3 })", 'left out', 'assert.deepStrictEqual(c, { a: 1 })'],
  ['frozen object', 'Object.freeze({ a: 1 })', 'same content, not frozen', 'assert.ok(!Object.isFrozen(c) && c.a === 1)'],
  ['Map', "new Map([['b', 1], [{ a: 1 }, new Map()]])", 'same, in the same order'],
  ['Set', "new Set([3, 'a', [1]])", 'same, in the same order'],
  ['Date', '[new Date(1234.0), new Date(NaN)]', 'same, an invalid one too'],
  ['RegExp', 'Object.assign(/a(.)/gi, { lastIndex: 2 })', 'same, `lastIndex` too'],
  ['typed array, DataView, ArrayBuffer', '[new Uint8Array([1]), new Float64Array([NaN, -0]), new BigInt64Array([5n]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(3)]', 'same, in memory of its own (which is not shared)'],
  ['Buffer', "Buffer.from('ab')", 'same: a Buffer'],
  ['Error', "new RangeError('no', { cause: { code: 5 } })", 'same class, `message`, `stack`, `cause` and enumerable properties', "assert.ok(c instanceof RangeError && c.message === 'no' && c.stack === v.stack && c.cause.code === 5 && !Object.keys(c).includes('message'))"],
  ['AggregateError', "new AggregateError([new Error('a')], 'all')", 'same, `errors` too', "assert.ok(c instanceof AggregateError && c.errors[0].message === 'a')"],
  ['boxed primitive', "[new Number(1), new String('a'), new Boolean(false), Object(1n)]", 'same: boxed'],
  ['instance of a class of the program', 'new Point(-2)', 'same class, properties and private fields; no constructor is run', 'assert.ok(c instanceof Point && c.x === -2 && c.norm === 2)'],
  ['instance of a class below a built-in', "new Tags([['a', 1]])", 'same class, content and properties', "assert.ok(c instanceof Tags && c.get('a') === 1 && c.owner === 'ann')"],
  ['instance of a class below Array', 'Object.assign(List.of(1, 2), { by: 3 })', 'same class, items and properties', 'assert.ok(c instanceof List && c.length === 2 && c[1] === 2 && c.owner === "bob" && c.by === 3)'],
  ['instance of a class below an error', "new Refusal('no')", 'same class, message and properties', "assert.ok(c instanceof Refusal && c.message === 'no' && c.reason === 'late' && c.stack === v.stack)"],
  ['one object twice in a record', '(o => [o, { o }])({})', 'one object twice', 'assert.equal(c[0], c[1].o)'],
  ['a record that refers to itself', '(o => { o.self = o; return o })({})', 'refers to itself', 'assert.equal(c.self, c)'],
  ['function', '() => 1', '`RECORD_NOT_ENCODABLE`'],
  ['symbol', "Symbol('s')", '`RECORD_NOT_ENCODABLE`'],
  ['promise', 'Promise.resolve(1)', '`RECORD_NOT_ENCODABLE`'],
  ['WeakMap, WeakSet, WeakRef', 'new WeakMap()', '`RECORD_NOT_ENCODABLE`'],
  ['generator', '(function* () {})()', '`RECORD_NOT_ENCODABLE`'],
  ['SharedArrayBuffer', 'new SharedArrayBuffer(1)', '`RECORD_NOT_ENCODABLE`'],
  ['instance of a class that cannot travel', 'new Unknown()', '`CLASS_NOT_REGISTERED`'],
  ['instance of a class of the platform', "new URL('http://a')", '`CLASS_NOT_REGISTERED`'],
  ['anything nested deeper than 1000 levels', 'Array(2000).fill().reduce(inner => [inner], 1)', '`RECORD_NOT_ENCODABLE`'],
] // prettier-ignore

const introduction = `# Records: what survives being encoded

Records are encoded when they leave a thread: in a shuffle, in \`parallelize\`, in results, in serialised storage levels. What comes back for each kind of value is below; a test
reads this table row by row (\`packages/core/src/codec/records/records-page.test.ts\`, which also writes it: \`UPDATE_DOCS=1\`).

Shared references are kept inside one record, not between records. Functions and the like are refused with an error that names the path to them. Columns of like
records are only a faster way to write the same: nothing in this table depends on the other records.
`

const cell = (text: string): string => text.replaceAll('|', '\\|')
const page = (): string =>
  `${introduction}\n| value | example | what comes back |\n| --- | --- | --- |\n${rows.map(([kind, example, back]) => `| ${kind} | \`${cell(example)}\` | ${back} |\n`).join('')}`

const scope = { assert, Point, Tags, List, Refusal, Unknown }
// The examples are JavaScript of this file; evaluated, so that the page shows what is tested.
const evaluate = (source: string, v?: unknown, c?: unknown): unknown =>
  new Function(...Object.keys(scope), 'v', 'c', `return (${source})`)(...Object.values(scope), v, c)

/** Alone, in a pair, beside another one, and among others of its kind: every way into the columns. */
const settings: readonly [(v: unknown) => unknown[], (records: readonly unknown[]) => unknown][] = [
  [v => [v], ([c]) => c],
  [v => [['key', v]], ([pair]) => (pair as unknown[])[1]],
  [v => [{ v, other: [v] }], ([object]) => (object as { v: unknown }).v],
  [v => ['text', 1, v], records => records[2]],
  [v => [['a', v], ['b', v]], records => (records[1] as unknown[])[1]], // prettier-ignore
]

for (const [kind, example, back, check] of rows) {
  test(`${kind}: ${back}`, () => {
    for (const [wrap, unwrap] of settings) {
      const value = evaluate(example)
      const copy = () => unwrap(decodeRecords(encodeRecords(wrap(value), { classes }), { classes }))
      if (back.startsWith('`')) assert.throws(copy, { code: back.replaceAll('`', '') })
      else if (check === undefined) assert.deepStrictEqual(copy(), value)
      else evaluate(check, value, copy())
    }
  })
}

test('docs/records.md is this table', () => {
  const file = join(root, 'docs', 'records.md')
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page())
  assert.equal(readFileSync(file, 'utf8'), page(), 'run this test with UPDATE_DOCS=1')
})
