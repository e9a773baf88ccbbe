import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { capture, ClosureFormatError, graphFromJson, graphToJson, Instantiator, type Closure } from './index.ts'

const take = (closure: Closure): unknown => new Instantiator().instantiate(closure)()
const captureValue = (value: unknown): Closure => capture(() => value, { operator: 'map', async: 'refused' })

/** Anything that travels by value: JSON and what the language has beyond it, nested. */
const { values } = fc.letrec<{ values: unknown }>(again => ({
  values: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.boolean(),
      fc.constantFrom(null, undefined, -0, NaN, Infinity, Symbol.iterator, Symbol.for('s')),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
      fc.float64Array(),
      fc.constantFrom(/a+/giu, new URL('http://a.b/c?d#e'), Buffer.from('bytes')),
    ),
    fc.array(again('values')),
    fc.array(fc.option(again('values'), { nil: undefined })),
    fc.dictionary(fc.string(), again('values')),
    fc.dictionary(fc.string(), again('values'), { noNullPrototype: false }),
    fc.array(fc.tuple(again('values'), again('values'))).map(pairs => new Map(pairs)),
    fc.array(again('values')).map(items => new Set(items)),
    fc.array(again('values')).map(items => Object.freeze(items)),
  ),
}))

test('a captured value arrives equal, straight and through JSON', () => {
  fc.assert(
    fc.property(values, value => {
      const closure = captureValue(value)
      assert.deepStrictEqual(take(structuredClone(closure)), value)
      const text = JSON.stringify(graphToJson(closure.graph))
      assert.deepStrictEqual(take({ ...closure, graph: graphFromJson(JSON.parse(text)) }), value)
    }),
    { numRuns: 300 },
  )
})

test('equal values have equal ids, and the id of a changed value differs', () => {
  fc.assert(
    fc.property(values, fc.integer(), (value, n) => {
      const of = (v: unknown): string => captureValue(v).id
      assert.equal(of(value), of(take(captureValue(value))))
      assert.notEqual(of([value, n]), of([value, n + 1]))
    }),
    { numRuns: 100 },
  )
})

test('a list of a hundred thousand nested objects is captured and made again', () => {
  let head: { next: unknown } | null = null
  for (let i = 0; i < 100_000; i++) head = { next: head }
  let length = 0
  for (let at = take(captureValue(head)) as typeof head; at !== null; at = at.next as typeof head) length++
  assert.equal(length, 100_000)
})

class Point {
  x = 1
}
const subject = new Map<unknown, unknown>([
  ['a', [1, { b: new Point() }]],
  ['c', new Uint8Array([1, 2])],
  ['d', new Date(1)],
])
const helper = (n: number): number => n + subject.size
const sample = capture(() => [helper(1), subject.get('a')], { operator: 'map', async: 'refused' })

/** Every place in a table where something can be put, by its path. */
function placesOf(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))]
}
const places = placesOf(graphToJson(sample.graph)).filter(path => path.length > 0)

test('a damaged table is refused with the documented error, or still makes something: never a crash, a hang or another error', () => {
  const damage = fc.oneof(
    fc.constantFrom<unknown>(-1, 1e9, 0.5, NaN, null, undefined, '', 'code', 'class', [], {}, true, [-1], [99], {
      k: 'x',
      v: 99,
    }),
    fc.nat(30),
  )
  fc.assert(
    fc.property(fc.constantFrom(...places), damage, (path, put) => {
      const table = structuredClone(graphToJson(sample.graph)) as Record<string, unknown>
      let holder = table
      for (const step of path.slice(0, -1)) holder = holder[step] as Record<string, unknown>
      holder[path.at(-1) as string] = put
      try {
        new Instantiator().instantiate({ ...sample, graph: graphFromJson(table) })
      } catch (error) {
        assert.ok(
          error instanceof ClosureFormatError,
          `${path.join('.')} = ${JSON.stringify(put)}: ${String((error as Error).stack)}`,
        )
      }
    }),
    { numRuns: 3000 },
  )
})
