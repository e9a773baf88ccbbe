import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { useClassRegistry, type ClassRegistry } from '../classes.ts'
import { DStreamError } from '../../errors/dstream-error.ts'
import { decodePairs, decodeRecords, recordCount } from './decode.ts'
import { encodePairs, encodeRecords } from './encode.ts'

class Point {
  x: unknown
  constructor(x: unknown) {
    this.x = x
  }
  get double() {
    return Number(this.x) * 2
  }
}
class Tags extends Map<unknown, unknown> {
  owner = 'nobody'
}
class Secret {
  #content: unknown
  constructor(content: unknown) {
    this.#content = content
  }
  static read = (secret: Secret) => ({ content: secret.#content })
  static write = (secret: Secret, content: unknown) => void (secret.#content = content)
}

const types = new Map<string, new (...args: never[]) => object>([['Point', Point], ['Tags', Tags], ['Secret', Secret]]) // prettier-ignore
const classes: ClassRegistry = {
  classIdOf: type => [...types].find(([, other]) => other === type)?.[0],
  classOf: id => types.get(id),
  privatesOf: type =>
    type === Secret
      ? { read: it => Secret.read(it as Secret), write: (it, { content }) => Secret.write(it as Secret, content) }
      : undefined,
  blank: type => (type === Secret ? new Secret(undefined) : (Object.create(type.prototype as object) as object)),
}

const back = (records: readonly unknown[]): unknown[] => decodeRecords(encodeRecords(records, { classes }), { classes })

/** Any value that a record can hold. */
const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true, withObjectString: true }) // prettier-ignore
const number = fc.oneof(fc.integer(), fc.double())
const text = fc.string({ unit: fc.constantFrom('a', 'é', '日', '\ud83d\ude00', '\ud800', ' ', '\n', 'a longer piece') })
const primitive = fc.oneof(number, text, fc.boolean(), fc.bigInt(), fc.constantFrom(null, undefined))

/** Records that are alike, each kind of column. */
const columns = fc.oneof(
  ...[
    fc.integer(),
    number,
    text,
    fc.boolean(),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    primitive,
    fc.date({ noInvalidDate: false }),
  ].map((one: fc.Arbitrary<unknown>) => fc.array(one)),
  fc.tuple(primitive, fc.nat(50)).map(([value, count]) => new Array<unknown>(count).fill(value)),
  fc.array(fc.tuple(text, fc.integer())),
  fc.array(fc.tuple(text, fc.tuple(fc.array(number), fc.array(text)))),
  fc.array(fc.tuple(text, fc.option(fc.tuple(number, fc.boolean()), { nil: undefined }))),
  fc.array(fc.record({ id: fc.integer(), name: text, at: fc.date(), of: fc.record({ deep: primitive }) })),
  fc.array(fc.record({ id: fc.integer(), 'a b"c': text }, { noNullPrototype: false })),
  fc.array(number.map(x => new Point(x))),
  fc.array(fc.tuple(text, anything)),
)

test('records come back as they were', () =>
  fc.assert(
    fc.property(fc.array(anything), records => assert.deepStrictEqual(back(records), records)),
    { numRuns: 1000 },
  ))

test('records that are alike come back as they were', () =>
  fc.assert(
    fc.property(columns, records => assert.deepStrictEqual(back(records), records)),
    { numRuns: 2000 },
  ))

test('the number of records is in the header', () => assert.equal(recordCount(encodeRecords(['a', 'b', 'c'])), 3))

test('pairs of two columns are the records that hold them, both ways', () => {
  const pairs = fc.array(fc.tuple(fc.oneof(text, anything), fc.oneof(number, anything)))
  fc.assert(
    fc.property(pairs, records => {
      const [keys, values] = [records.map(pair => pair[0]), records.map(pair => pair[1])]
      assert.deepStrictEqual(decodeRecords(encodePairs(keys, values)), records)
      assert.deepStrictEqual(decodePairs(encodeRecords(records)), { keys, values })
      assert.deepStrictEqual(decodePairs(encodePairs(keys, values)), { keys, values })
    }),
  )
})

test('records that are no pairs are not read as pairs', () =>
  assert.throws(() => decodePairs(encodeRecords([['a', 1], ['b']])), { code: 'NOT_PAIRS' }))

/** The text of a graph: each object numbered when it is first met, so that texts are equal exactly when graphs are. */
function graphText(value: unknown, numbers = new Map<object, number>()): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const known = numbers.get(value)
  if (known !== undefined) return `#${known}`
  numbers.set(value, numbers.size)
  const parts =
    value instanceof Map ? [...value].flat() : value instanceof Date ? [+value] : Object.entries(value).flat()
  return `${value.constructor.name}(${parts.map((part: unknown) => graphText(part, numbers)).join()})`
}

test('references shared inside one record are shared again, cycles too, whatever columns the records have', () => {
  const link = fc.tuple(fc.nat(3), fc.nat(3))
  const graph = fc
    .tuple(
      fc.array(fc.constantFrom('array', 'object', 'map', 'date', 'point'), { minLength: 4, maxLength: 4 }),
      fc.array(link, { maxLength: 6 }),
    )
    .map(([kinds, links]) => {
      const nodes = kinds.map(
        kind => ({ array: [], object: {}, map: new Map(), date: new Date(0), point: new Point(0) })[kind] as object,
      )
      links.forEach(([from, to], i) => {
        const node = nodes[from]!
        if (Array.isArray(node)) node.push(nodes[to])
        else if (node instanceof Map) node.set(i, nodes[to])
        else if (!(node instanceof Date)) (node as Record<string, unknown>)[`to${i % 2}`] = nodes[to]
      })
      return nodes
    })
  fc.assert(
    fc.property(fc.array(graph, { minLength: 1, maxLength: 3 }), fc.boolean(), (graphs, asPairs) => {
      const records = graphs.map(nodes => (asPairs ? [nodes[0], nodes[1]] : { a: nodes[0], b: nodes[1] }))
      const found = back(records)
      records.forEach((record, i) => assert.equal(graphText(found[i]), graphText(record)))
    }),
    { numRuns: 3000 },
  )
})

test('a setter of a class is not called, a getter stays one', () => {
  class Meter {
    static calls = 0
    set value(_: number) {
      Meter.calls++
    }
  }
  types.set('Meter', Meter)
  const meters = [1, 2].map(value => Object.defineProperty(new Meter(), 'value', { value, enumerable: true }))
  assert.deepEqual(back(meters).map(meter => Object.entries(meter as object)), [[['value', 1]], [['value', 2]]]) // prettier-ignore
  assert.equal(Meter.calls, 0)
  assert.equal((back([new Point(2)])[0] as Point).double, 4)
})

test('a class that the reader does not know is named', () => {
  const bytes = encodeRecords([new Point(1)], { classes })
  assert.throws(() => decodeRecords(bytes), { code: 'CLASS_NOT_FOUND', message: /Point/ })
})

test('a class that cannot travel is named, with the path to the instance', () => {
  class Local {}
  assert.throws(() => encodeRecords([1, ['k', { a: [new Local()] }]]), {
    code: 'CLASS_NOT_REGISTERED',
    message: /record 1\[1\]\.a\[0\] is an instance of Local/,
    hint: /plain object/,
  })
})

test('the registry of the thread is used where none is given', () => {
  const before = useClassRegistry(classes)
  try {
    assert.deepStrictEqual(decodeRecords(encodeRecords([new Point(1)])), [new Point(1)])
  } finally {
    useClassRegistry(before)
  }
})

test('what is nested too deep is refused, not a stack overflow', () => {
  const nested = (levels: number) => {
    let value: unknown = 'end'
    for (let i = 0; i < levels; i++) value = { next: value }
    return value
  }
  assert.deepEqual(back([nested(900)]), [nested(900)])
  assert.throws(() => encodeRecords([nested(100_000)]), { code: 'RECORD_NOT_ENCODABLE', message: /deeper than 1000/ })
})

test('a block is made where the caller wants it', () => {
  const asked: number[] = []
  const memory = new SharedArrayBuffer(1024)
  const bytes = encodeRecords(['a', 'b'], {
    allocate: length => (asked.push(length), new Uint8Array(memory, 64, length)),
  })
  assert.deepEqual([asked, bytes.byteOffset, bytes.length], [[bytes.length], 64, bytes.length])
  assert.deepEqual(decodeRecords(bytes), ['a', 'b'])
})

test('a block is read from any place in memory', () => {
  const bytes = encodeRecords([['a', 1.5], ['b', 2]]) // prettier-ignore
  const moved = new Uint8Array(bytes.length + 3)
  moved.set(bytes, 3)
  assert.deepEqual(decodeRecords(moved.subarray(3)), [['a', 1.5], ['b', 2]]) // prettier-ignore
})

test('encoding while encoding (a getter that encodes) does not mix the blocks', () => {
  const record = { get inner() { return decodeRecords(encodeRecords(['inside'])) } } // prettier-ignore
  assert.deepEqual(back([record, 'x']), [{ inner: ['inside'] }, 'x'])
})

test('a failed encoding leaves nothing in the next block', () => {
  assert.throws(() => encodeRecords(['x', () => 1]))
  assert.deepEqual(back(['y']), ['y'])
})

test('short and long strings are cut right around the ends of the pieces they are written in', () => {
  const records = Array.from({ length: 3000 }, (_, i) => 'x'.repeat(i % 40) + i)
  assert.deepEqual(back(records), records)
})

const samples: readonly (readonly unknown[])[] = [
  [['hello', 1], ['world', 2]],
  [1, 2.5, 'a', null, undefined, 5n, true],
  [{ a: 1, b: 'x' }, { a: 2, b: 'y' }],
  [['k', [1, 2, 3]], ['l', []]],
  [new Map([['a', new Set([1])]]), /x/g, new Date(5), Buffer.from('ab'), new Error('no'), [1, , 2], 2n ** 70n], // eslint-disable-line no-sparse-arrays
  ['日本', 'a', 'b'.repeat(300)],
  [7, 7, 7],
  [],
] // prettier-ignore

/** Decoding either works and gives no more than the bytes could hold, or fails with a DStreamError. */
function survives(bytes: Uint8Array): boolean {
  try {
    assert.ok(decodeRecords(bytes, { classes }).length <= 10)
    return true
  } catch (error) {
    assert.ok(error instanceof DStreamError, String(error))
    assert.ok(['CORRUPT_RECORDS', 'CLASS_NOT_FOUND'].includes(error.code))
    return false
  }
}

test('a block that was cut off anywhere is refused', () => {
  for (const records of samples) {
    const bytes = encodeRecords(records)
    for (let length = 0; length < bytes.length; length++) assert.equal(survives(bytes.slice(0, length)), false)
  }
})

test('a block of which any one bit was flipped gives an error or other records, nothing worse', () => {
  for (const records of samples) {
    const bytes = new Uint8Array(encodeRecords(records))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      survives(bytes)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    assert.deepStrictEqual(decodeRecords(bytes), records)
  }
})

test('a block with any bytes overwritten behind its header gives an error or other records, nothing worse', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (records, changes) => {
        const bytes = new Uint8Array(encodeRecords(records))
        for (const [at, value] of changes) bytes[16 + (at % (bytes.length - 16))] = value
        survives(bytes)
      },
    ),
    { numRuns: 3000 },
  ))

test('a match comes back with its properties whatever the records beside it are', () => {
  const match = (text: string): unknown[] => /(?<word>\w+) (\d)?/d.exec(text)!
  const records = [
    [match('ann 1'), match('bob ')],
    [['a', 'b', 'c'], match('ann 1'), match('bob ')],
    [['a', 'b'], match('ann 1')],
    [['key', match('ann 1')], ['key', match('bob ')]],
    [{ at: match('ann 1') }, { at: match('bob ') }],
    [[match('ann 1'), match('bob ')]],
    [match('ann 1').slice()],
  ] // prettier-ignore
  for (const some of records) assert.deepStrictEqual(back(some), some)
  const shared = match('ann 1')
  const [[a, b]] = back([[shared, shared]]) as [[unknown, unknown]]
  assert.equal(a, b)
})
