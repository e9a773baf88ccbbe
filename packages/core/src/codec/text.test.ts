import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { root } from '../../../../tools/src/source-scan.ts'
import { textOf } from './text.ts'

class Point {
  x = 1
  y = [2, 3]
}
class Money {
  readonly amount = 5
  toString() {
    return `${this.amount} EUR`
  }
}

/** Kind of value, an example (JavaScript), its text. */
const rows: readonly (readonly [kind: string, example: string, text: string])[] = [
  ['string', "'a b'", 'a b'],
  ['number', '1.5', '1.5'],
  ['whole number (Spark writes a Double as `1.0`)', '1.0', '1'],
  ['large or small number', '[1e21, 1e-7]', '(1e+21,1e-7)'],
  ['not a number, infinity, minus zero', '[NaN, -Infinity, -0]', '(NaN,-Infinity,0)'],
  ['boolean', 'true', 'true'],
  ['bigint', '10n ** 20n', '100000000000000000000'],
  ['null', 'null', 'null'],
  ['undefined (an absent side of a join)', "['k', undefined]", '(k,undefined)'],
  ['array: a tuple, as Spark writes it', "['a', 1]", '(a,1)'],
  ['array in an array', "['b', [2, 'x']]", '(b,(2,x))'],
  ['empty array, empty string in one', "[[], '']", '((),)'],
  ['hole of an array', '[1, , 2]', '(1,undefined,2)'],
  ['Date', 'new Date(0)', '1970-01-01T00:00:00.000Z'],
  ['invalid Date', 'new Date(NaN)', 'Invalid Date'],
  ['Map, as Spark writes it', "new Map([['a', 1], ['b', [2]]])", 'Map(a -> 1, b -> (2))'],
  ['Set, as Spark writes it', "new Set([1, 'b'])", 'Set(1, b)'],
  ['plain object', "{ name: 'ann', tags: ['x'] }", '{name: ann, tags: (x)}'],
  ['instance of a class', 'new Point()', 'Point {x: 1, y: (2,3)}'],
  ['instance of a class with a toString of its own', 'new Money()', '5 EUR'],
  ['typed array, Buffer', 'new Uint8Array([1, 2])', 'Uint8Array(1, 2)'],
  ['ArrayBuffer', 'new ArrayBuffer(3)', 'ArrayBuffer(3 bytes)'],
  ['RegExp', '/a+/g', '/a+/g'],
  ['Error', "new TypeError('no')", 'TypeError: no'],
  ['boxed primitive', 'new Number(1)', '1'],
  ['symbol', "Symbol('s')", 'Symbol(s)'],
  ['function', 'function half() {}', '[function half]'],
  ['an object inside itself', '(a => (a.push(1, a), a))([])', '(1,…)'],
] // prettier-ignore

const introduction = `# Printing: the text of a value

\`print()\` shows a record, and \`saveAsTextFile\` writes it, as one line of this text. Arrays are written as Spark writes tuples, so that the output of a word count is Spark's. Line breaks in
strings are written as they are. \`packages/core/src/codec/text.test.ts\` tests this table row by row, and writes it (\`UPDATE_DOCS=1\`).
`
const cell = (text: string): string => text.replaceAll('|', '\\|')
const page = (): string =>
  `${introduction}\n| value | example | text |\n| --- | --- | --- |\n${rows.map(([kind, example, text]) => `| ${kind} | \`${cell(example)}\` | \`${cell(text)}\` |\n`).join('')}`

for (const [kind, example, text] of rows) {
  test(`${kind}: ${text}`, () => {
    const value: unknown = new Function('Point', 'Money', `return (${example})`)(Point, Money)
    assert.equal(textOf(value), text)
  })
}

test('docs/printing.md is this table', () => {
  const file = join(root, 'docs', 'printing.md')
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page())
  assert.equal(readFileSync(file, 'utf8'), page(), 'run this test with UPDATE_DOCS=1')
})

test('every value has a text, however deep it is', () => {
  fc.assert(fc.property(fc.anything({ withMap: true, withSet: true, withDate: true, withBigInt: true, withNullPrototype: true }), value => assert.equal(typeof textOf(value), 'string'))) // prettier-ignore
  let deep: unknown = 'end'
  for (let i = 0; i < 100_000; i++) deep = [deep]
  assert.match(textOf(deep), /^\(+…\)+$/)
})
