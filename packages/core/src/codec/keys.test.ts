import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { useClassRegistry } from './classes.ts'
import { compareKeys } from './compare-keys.ts'
import { keyEquals } from './key-equals.ts'
import { keyHash } from './key-hash.ts'
import { KeyMap } from './key-map.ts'
import { KeySet } from './key-set.ts'

class Point {
  readonly x: unknown
  constructor(x: unknown) {
    this.x = x
  }
}
class Pixel extends Point {}

/** Keys of every kind, of few values, so that equal ones are common. */
const { key } = fc.letrec<{ key: unknown; leaf: unknown }>(tie => ({
  key: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'key' },
    tie('leaf'),
    fc.array(tie('key'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('key'), { noNullPrototype: false }),
    fc.array(fc.tuple(tie('key'), tie('key')), { maxLength: 2 }).map(entries => new Map(entries)),
    fc.array(tie('key'), { maxLength: 2 }).map(members => new Set(members)),
    tie('key').map(x => new Point(x)),
    tie('key').map(x => new Pixel(x)),
  ),
  leaf: fc.oneof(
    fc.constantFrom<unknown>(
      undefined,
      null,
      true,
      false,
      0,
      -0,
      1,
      NaN,
      0.5,
      -1.5,
      2 ** 40,
      Infinity,
      1n,
      0n,
      -1n,
      2n ** 80n,
      '',
      'a',
      'b',
      '1',
      'é',
      '\ud800',
      'long '.repeat(9),
    ),
    fc.constantFrom(0, 1, NaN).map(time => new Date(time)),
    fc.constantFrom('a', 'b').map(source => new RegExp(source, 'g')),
    fc.uint8Array({ maxLength: 2, max: 1 }),
    fc.uint8Array({ maxLength: 2, max: 1 }).map(bytes => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 2, max: 1 }).map(bytes => bytes.buffer),
    fc.constantFrom(0, -0, NaN).map(item => new Float64Array([item])),
    fc.constantFrom(1, '1', true, 1n).map(Object),
    fc.constantFrom('a', 'b').map(message => new TypeError(message)),
  ),
}))

/** The same content in other objects, properties and members in another order, the zeros with the other sign. */
function copyOf(value: unknown): unknown {
  if (value === 0) return -0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf)
  if (value instanceof Map) return new Map([...value].reverse().map(([k, v]) => [copyOf(k), copyOf(v)]))
  if (value instanceof Set) return new Set([...value].reverse().map(copyOf))
  if (value instanceof Point)
    return Object.assign(Object.create(Object.getPrototypeOf(value) as object) as object, { x: copyOf(value.x) })
  if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
    return Object.fromEntries(Object.entries(value).reverse().map(([k, v]) => [k, copyOf(v)])) // prettier-ignore
  }
  if (value instanceof Error) return new TypeError(value.message)
  if (value instanceof RegExp) return new RegExp(value)
  return structuredClone(value)
}

const runs = { numRuns: 2000 }

/** A Map whose keys are one key by content keeps the last, so its order counts: such are left out where copies turn the order. */
const hasTwins = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Map) return new KeyMap(value).size < value.size || [...value].flat().some(hasTwins)
  if (value instanceof Set) return [...value].some(hasTwins)
  return Object.values(value).some(hasTwins)
}

test('a key equals a copy of its content, has its hash and its place in the order', () =>
  fc.assert(
    fc.property(key.filter(value => !hasTwins(value)), value => {
      const copy = copyOf(value)
      assert.ok(keyEquals(value, copy))
      assert.equal(keyHash(value), keyHash(copy))
      assert.equal(compareKeys(value, copy), 0)
    }),
    runs,
  )) // prettier-ignore

test('two keys are equal exactly when neither comes before the other, and then their hashes are equal', () =>
  fc.assert(
    fc.property(key, key, (a, b) => {
      const equal = keyEquals(a, b)
      assert.equal(keyEquals(b, a), equal)
      assert.equal(compareKeys(a, b) === 0, equal)
      assert.equal(Math.sign(compareKeys(a, b)) + Math.sign(compareKeys(b, a)), 0)
      if (equal) assert.equal(keyHash(a), keyHash(b))
    }),
    runs,
  ))

test('the order of keys is total: what sorts before and after a key are apart', () =>
  fc.assert(
    fc.property(fc.array(key, { minLength: 3, maxLength: 12 }), keys => {
      const sorted = keys.toSorted(compareKeys)
      sorted.forEach((a, i) => sorted.slice(i + 1).forEach(b => assert.ok(compareKeys(a, b) <= 0)))
    }),
    runs,
  ))

test('keys sort by type, then by value', () => {
  const sorted = [
    null,
    false,
    true,
    -Infinity,
    -1,
    0,
    10,
    NaN,
    -1n,
    10n,
    '',
    'B',
    'a',
    '\ud83d\ude00',
    '\uffee',
    new Date(0),
    [],
    [1],
    [1, 2],
    [2],
    new Uint8Array(1),
    { a: 1 },
    { a: 2 },
    { b: 0 },
    undefined,
  ]
  assert.deepEqual(sorted.toReversed().sort(compareKeys), sorted)
})

test('what looks alike and is not: number and bigint, text and number, null and undefined, object and class, hole or not', () => {
  const different: [unknown, unknown][] = [[1, 1n], ['1', 1], [null, undefined], [{ x: 1 }, new Point(1)], [new Point(1), new Pixel(1)], [{ a: undefined }, {}], [[1], { 0: 1 }], [new Number(1), 1], [new Uint8Array([1]), new Int8Array([1])], [/a/g, /a/i]] // prettier-ignore
  for (const [a, b] of different) assert.equal(keyEquals(a, b), false)
  assert.ok(keyEquals([, 1], [undefined, 1])) // eslint-disable-line no-sparse-arrays
  assert.ok(keyEquals(Buffer.from('a'), new Uint8Array([97])))
})

test('a KeyMap is a list of entries that is looked through by keyEquals', () => {
  const command = fc.tuple(fc.constantFrom('set', 'get', 'has', 'delete'), key, fc.nat(9))
  fc.assert(
    fc.property(fc.array(command, { maxLength: 30 }), commands => {
      const map = new KeyMap<unknown, number>()
      let model: [unknown, number][] = []
      for (const [name, at, value] of commands) {
        const found = model.find(([other]) => keyEquals(other, at))
        if (name === 'set') {
          map.set(at, value)
          if (found) found[1] = value
          else model.push([at === 0 ? 0 : at, value]) // As in a native Map, -0 becomes 0.
        } else if (name === 'get') assert.equal(map.get(at), found?.[1])
        else if (name === 'has') assert.equal(map.has(at), found !== undefined)
        else {
          assert.equal(map.delete(at), found !== undefined)
          model = model.filter(entry => entry !== found)
        }
        assert.equal(map.size, model.length)
      }
      assert.deepEqual([...map], model)
    }),
    runs,
  )
})

test('keys whose hashes collide are kept apart, and deleted one by one', () => {
  // Found by search: objects hash to the same int32 when their parts' hashes do.
  const [a, b] = collision()
  assert.equal(keyHash(a), keyHash(b))
  const map = new KeyMap<unknown, string>([[a, 'a'], [b, 'b']]) // prettier-ignore
  assert.deepEqual([map.get([...a]), map.get([...b]), map.size], ['a', 'b', 2])
  assert.equal(map.delete([...a]), true)
  assert.deepEqual([map.get(a), map.get(b), map.size], [undefined, 'b', 1])
})

function collision(): [[string], [string]] {
  const seen = new Map<number, string>()
  for (let i = 0; ; i++) {
    const text = `k${i}`
    const other = seen.get(keyHash(text))
    if (other !== undefined) return [[other], [text]]
    seen.set(keyHash(text), text)
  }
}

test('a KeySet keeps the first of equal members', () => {
  const first = [1, 'a']
  const set = new KeySet<unknown>([first, [1, 'a'], NaN, NaN, 0, -0])
  assert.equal(set.size, 3)
  assert.equal([...set][0], first)
})

test('what has no content to compare is refused, with what to do', () => {
  const self: unknown[] = []
  self.push(self)
  const ownMember = new Set<unknown>()
  ownMember.add(ownMember)
  class Secret {
    readonly #content: number
    constructor(content: number) {
      this.#content = content
    }
    content() {
      return this.#content
    }
  }
  const refused = [
    () => 1,
    Symbol('s'),
    Promise.resolve(),
    new WeakMap(),
    new WeakSet(),
    new WeakRef({}),
    new URL('http://a'),
    new Secret(1),
    self,
    ownMember,
    (function* () {})(),
    [[{ a: () => 1 }]],
  ]
  for (const value of refused) {
    for (const use of [() => keyHash(value), () => new KeyMap().set(value, 1), () => new KeySet().add(value)]) {
      assert.throws(use, { code: 'KEY_NOT_COMPARABLE', hint: /compared by content/ })
    }
  }
})

test('instances with private fields compare by them, where the registry can read them', () => {
  class Secret {
    #content: number
    constructor(content: number) {
      this.#content = content
    }
    static read = (secret: Secret) => ({ content: secret.#content })
  }
  const before = useClassRegistry({
    classIdOf: () => undefined,
    classOf: () => undefined,
    privatesOf: type =>
      type === Secret ? { read: secret => Secret.read(secret as Secret), write: () => undefined } : undefined,
    blank: () => ({}),
  })
  try {
    assert.ok(keyEquals(new Secret(1), new Secret(1)))
    assert.equal(keyHash(new Secret(1)), keyHash(new Secret(1)))
    assert.equal(keyEquals(new Secret(1), new Secret(2)), false)
    assert.ok(compareKeys(new Secret(1), new Secret(2)) < 0)
  } finally {
    useClassRegistry(before)
  }
})

test('two copies of one class that travelled are one class', () => {
  const makeClass = () => class Event { kind = 'click' } // prettier-ignore
  const [One, Other] = [makeClass(), makeClass()]
  assert.equal(keyEquals(new One(), new Other()), false)
  const before = useClassRegistry({
    classIdOf: () => 'Event#1',
    classOf: () => undefined,
    privatesOf: () => undefined,
    blank: () => ({}),
  })
  try {
    assert.ok(keyEquals(new One(), new Other()))
    assert.equal(keyHash(new One()), keyHash(new Other()))
  } finally {
    useClassRegistry(before)
  }
})

test('hashes are the same in every version: partitions of kept state depend on them', () => {
  const pinned: [unknown, number][] = [['hello', -2003995026], ['', -1421968373], [0, 0], [42, 142593372], [-7, 214441827], [0.5, 212211137], [2 ** 40, -1633969250], [10n, 573832022], [true, 1013904242], [null, 625341585], [undefined, 1390208809], [['a', 1], -1356577535], [{ a: 1, b: 'x' }, 790325148], [new Date(0), 315987937], [new Uint8Array([1, 2]), -1049683664], [new Map([['a', 1]]), -851965240], [new Point(1), 1349650220]] // prettier-ignore
  for (const [value, hash] of pinned) assert.equal(keyHash(value), hash, String(value))
})

test('hashes spread over partitions fairly', () => {
  const kinds: Record<string, (i: number) => unknown> = {
    integers: i => i,
    'even integers': i => 2 * i,
    'large integers': i => i * 2 ** 33,
    fractions: i => i / 8,
    words: i => `user-${i}`,
    pairs: i => ['k', i],
    bigints: i => BigInt(i),
  }
  for (const [kind, make] of Object.entries(kinds)) {
    for (const partitions of [2, 3, 8, 100]) {
      const counts = new Array<number>(partitions).fill(0)
      for (let i = 0; i < 20_000; i++) counts[(keyHash(make(i)) >>> 0) % partitions]!++
      const fair = 20_000 / partitions
      for (const count of counts)
        assert.ok(
          Math.abs(count - fair) < 6 * Math.sqrt(fair),
          `${kind} over ${partitions}: ${count} instead of ${fair}`,
        )
    }
  }
})
