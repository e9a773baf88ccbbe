import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Milliseconds, Seconds } from './duration.ts'
import { ManualClock } from './manual-clock.ts'
import { everyPeriod, firstTick, nextTick } from './recurring.ts'
import { Time } from './time.ts'

test('the first tick is the next multiple of the period, at a multiple the one after', () => {
  const first = (nowMs: number): number => firstTick(new Time(nowMs), Seconds(1)).milliseconds
  assert.deepEqual([0, 1, 999, 1000, 12_345, 5000].map(first), [1000, 1000, 1000, 2000, 13_000, 6000])
})

test('a restarted series keeps its phase', () => {
  const next = (nowMs: number): number => nextTick(new Time(300), new Time(nowMs), Seconds(1)).milliseconds
  assert.deepEqual([300, 1299, 1300, 9999].map(next), [1300, 1300, 2300, 10_300])
})

test('a series held up runs every tick it missed, with the tick’s own time', () => {
  const clock = new ManualClock(0)
  const ticks: number[] = []
  everyPeriod(clock, Milliseconds(100), new Time(100), time => ticks.push(time.milliseconds))
  clock.setTo(350)
  assert.deepEqual(ticks, [100, 200, 300])
})

test('stopping tells the last tick that ran, and no other runs', () => {
  const clock = new ManualClock(0)
  const ticks: number[] = []
  const series = everyPeriod(clock, Milliseconds(100), new Time(100), time => ticks.push(time.milliseconds))
  assert.equal(everyPeriod(clock, Milliseconds(1), new Time(1000), () => {}).stop(), undefined)
  clock.setTo(250)
  assert.equal(series.next().milliseconds, 300)
  assert.equal(series.stop()?.milliseconds, 200)
  clock.setTo(1000)
  assert.deepEqual(ticks, [100, 200])
})

test('a tick that throws does not end the series, and one that stops it is the last', () => {
  const clock = new ManualClock(0)
  const ticks: number[] = []
  const series = everyPeriod(clock, Milliseconds(100), new Time(100), time => {
    ticks.push(time.milliseconds)
    if (ticks.length === 1) throw new Error('user')
    if (ticks.length === 3) series.stop()
  })
  assert.throws(() => clock.setTo(150), /user/)
  clock.setTo(1000)
  assert.deepEqual(ticks, [100, 200, 300])
})
