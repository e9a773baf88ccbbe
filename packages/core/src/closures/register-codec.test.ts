import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRecords, encodeRecords } from '../codec/index.ts'
import { capture, Instantiator, registerCodec } from './index.ts'

class Point {
  readonly x: number
  readonly y: number
  /** What a codec need not send. */
  readonly cache = new Map<string, number>()
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}
registerCodec(Point, { encode: p => [p.x, p.y] as const, decode: ([x, y]) => new Point(x, y) })

test('instances go through records as what their codec makes of them', () => {
  const points = Array.from({ length: 100 }, (_, i) => new Point(i, -i))
  const bytes = encodeRecords(points)
  assert.ok(bytes.length < 100 * 24, `${bytes.length} bytes`)
  assert.deepEqual(decodeRecords(bytes), points)
  assert.ok(decodeRecords(bytes)[0] instanceof Point)
})

test('an instance that is met twice is one instance again, in pairs, maps and lists, too', () => {
  const p = new Point(1, 2)
  const [[a, b, list]] = decodeRecords(encodeRecords([[p, { of: p }, [new Point(3, 4), p, new Map([['k', p]])]]])) as [
    [Point, { of: Point }, [Point, Point, Map<string, Point>]],
  ]
  assert.ok(a === b.of && a === list[1] && a === list[2].get('k'))
  assert.deepEqual([a.x, list[0].y], [1, 4])
})

test('an instance that a function captures is made anew by its codec for each task', () => {
  const p = new Point(1, 2)
  p.cache.set('not sent', 1)
  const task = capture(() => [p.x, p.cache.size, p.cache.set('k', 1).size], { operator: 'map', async: 'refused' })
  const instantiator = new Instantiator()
  assert.deepEqual([1, 2].map(() => instantiator.instantiate(task)()), [[1, 0, 1], [1, 0, 1]]) // prettier-ignore
})

test('a class below has not the codec of the class above', () => {
  class Named extends Point {
    name = 'n'
  }
  const [back] = decodeRecords(encodeRecords([new Named(1, 2)])) as [Named]
  assert.deepEqual([back instanceof Named, back.name, back.x], [true, 'n', 1])
})

test('a codec for a class that has travelled, or that cannot take it along, is refused', () => {
  class Late {
    n = 1
  }
  encodeRecords([new Late()])
  assert.throws(() => registerCodec(Late, { encode: l => l.n, decode: () => new Late() }), { code: 'CODEC_TOO_LATE' })
  assert.throws(() => registerCodec(URL, { encode: String, decode: (text: string) => new URL(text) }), { code: 'CODEC_CLASS' }) // prettier-ignore
})
