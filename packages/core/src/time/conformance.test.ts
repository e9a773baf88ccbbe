import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Duration, Interval, Milliseconds, Minutes, Seconds, Time } from './index.ts'

// The operations of the conformance theme `time`, with answers that Spark 3.5.3 gave.
const d = (ms: number): Duration => new Duration(ms)
const t = (ms: number): Time => new Time(ms)

test('durations are made of milliseconds, seconds and minutes', () => {
  assert.deepEqual(
    [Milliseconds(5), Seconds(3), Minutes(2), Seconds(0), Minutes(-1)].map(Number),
    [5, 3000, 120_000, 0, -60_000],
  )
})

test('a duration is written in milliseconds, for people from a second on in seconds, minutes, hours', () => {
  assert.deepEqual(
    [0, 999, 1000, -500].map(ms => d(ms).toString()),
    ['0 ms', '999 ms', '1000 ms', '-500 ms'],
  )
  assert.deepEqual(
    [0, 999, 1000, -500].map(ms => d(ms).toFormattedString()),
    ['0', '999', '1000', '-500'],
  )
  const shown = [0, 1, 999, 1000, -500, 90_000, 5_400_000].map(ms => d(ms).prettyPrint())
  assert.deepEqual(shown, ['0 ms', '1 ms', '999 ms', '1.0 s', '-500 ms', '1.5 m', '1.50 h'])
})

test('durations add, subtract, multiply, and divide to a plain number', () => {
  assert.equal(d(1000).plus(d(500)).milliseconds, 1500)
  assert.equal(d(500).minus(d(1000)).milliseconds, -500)
  assert.equal(d(7).times(-2).milliseconds, -14)
  assert.ok(Object.is(d(-5).times(0).milliseconds, 0))
  assert.deepEqual([d(1000).div(d(3000)), d(1000).div(d(0)), d(0).div(d(0))], [1 / 3, Infinity, NaN])
})

test('zero is a multiple of every duration, and nothing is a multiple of zero', () => {
  const pairs: [number, number][] = [[3000, 1000], [3500, 1000], [0, 1000], [1000, 3000], [-2000, 1000]] // prettier-ignore
  assert.deepEqual(
    pairs.map(([a, b]) => d(a).isMultipleOf(d(b))),
    [true, false, true, false, true],
  )
  assert.throws(() => d(1000).isMultipleOf(d(0)), { code: 'DIVISION_BY_ZERO', message: /\/ by zero/ })
  assert.throws(() => t(1000).floor(d(0)), { code: 'DIVISION_BY_ZERO' })
})

test('durations and times compare by length and by time, also with the language operators', () => {
  assert.deepEqual(
    [
      d(1).lessThan(d(2)),
      d(2).lessThan(d(2)),
      d(2).lessOrEqual(d(2)),
      d(3).greaterThan(d(2)),
      d(2).greaterOrEqual(d(3)),
    ],
    [true, false, true, true, false],
  )
  assert.ok(Seconds(10) > Seconds(9) && t(1000) > t(999))
  assert.deepEqual([d(5).min(d(3)), d(-5).max(d(-3)), t(9).min(t(2)), t(9).max(t(2))].map(Number), [3, -3, 2, 9])
  assert.deepEqual(
    [d(0).isZero(), d(-1).isZero(), d(1000).equals(d(1000)), d(1000).equals(d(1001))],
    [true, false, true, false],
  )
  assert.deepEqual(
    [t(2).lessThan(t(2)), t(1).greaterOrEqual(t(2)), t(2).lessOrEqual(t(2)), t(3).greaterThan(t(2))],
    [false, false, true, true],
  )
})

test('a time minus a time is a duration, minus a duration a time', () => {
  assert.ok(t(1000).minus(t(3000)) instanceof Duration)
  assert.equal(t(1000).minus(t(3000)).milliseconds, -2000)
  assert.ok(t(1500).minus(d(1000)) instanceof Time)
  assert.equal(t(1000).plus(d(-500)).toString(), '500 ms')
})

test('floor cuts to a multiple of the step, counted from a zero time, and towards it', () => {
  const steps: [number, number][] = [[1350, 200], [200, 200], [199, 200], [-50, 100], [-100, 100]] // prettier-ignore
  assert.deepEqual(
    steps.map(([ms, step]) => t(ms).floor(d(step)).milliseconds),
    [1200, 200, 0, 0, -100],
  )
  const from: [number, number, number][] = [[1350, 200, 50], [1350, 200, 150], [1350, 200, 200], [350, 200, 350], [1000, 300, 100]] // prettier-ignore
  assert.deepEqual(
    from.map(([ms, step, zero]) => t(ms).floor(d(step), t(zero)).milliseconds),
    [1250, 1350, 1200, 350, 1000],
  )
  assert.deepEqual(
    [1000, 1001, 0].map(ms => t(ms).isMultipleOf(d(500))),
    [true, false, true],
  )
})

test('until leaves the end out, to takes it in, and a step of zero is refused', () => {
  assert.deepEqual(t(500).until(t(3000), d(1000)).map(Number), [500, 1500, 2500])
  assert.deepEqual(t(1000).until(t(500), d(100)), [])
  assert.deepEqual(t(0).to(t(1000), d(1000)).map(Number), [0, 1000])
  assert.deepEqual(t(500).to(t(3000), d(1000)).map(Number), [500, 1500, 2500])
  assert.throws(() => t(0).to(t(10), d(0)), { message: /^step cannot be 0\./ })
})

test('intervals move, have a duration, and compare only with intervals of that duration', () => {
  const interval = (begin: number, end: number): Interval => new Interval(t(begin), t(end))
  assert.equal(interval(0, 1).toString(), '[0 ms, 1 ms]')
  assert.equal(interval(3000, 1000).duration().milliseconds, -2000)
  assert.equal(interval(0, 1000).plus(d(-1000)).toString(), '[-1000 ms, 0 ms]')
  assert.equal(interval(0, 1000).minus(d(1000)).toString(), '[-1000 ms, 0 ms]')
  assert.equal(interval(1000, 2000).lessThan(interval(0, 1000)), false)
  assert.ok(
    interval(0, 1000).lessOrEqual(interval(0, 1000)) &&
      interval(1, 2).greaterThan(interval(0, 1)) &&
      interval(0, 1).greaterOrEqual(interval(0, 1)),
  )
  const message = /^Comparing two intervals with different durations \[\[0 ms, 1000 ms\], \[1000 ms, 3000 ms\]\]/
  assert.throws(() => interval(0, 1000).lessThan(interval(1000, 3000)), { code: 'INTERVALS_DIFFER', message })
})
