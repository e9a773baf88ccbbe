import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock, RisingClock } from './index.ts'

test('while the clock is behind where it was, the time stands still; what waits for time to pass does not', () => {
  const clock = new ManualClock(5000)
  const rising = new RisingClock(clock)
  const times = [rising.now()]
  let passed = 0
  rising.after(1000, () => passed++)
  for (const move of [() => clock.jump(-3000), () => clock.advance(1000), () => clock.advance(4000)]) {
    move()
    times.push(rising.now())
  }
  assert.deepEqual([times, passed, rising.elapsed()], [[5000, 5000, 5000, 7000], 1, 5000])
})

test('what is for a time that it has shown is due, whatever the clock shows now', async () => {
  const clock = new ManualClock(5000)
  const rising = new RisingClock(clock)
  assert.equal(rising.now(), 5000)
  clock.jump(-3000)
  const ran: number[] = []
  rising.at(4000, () => ran.push(4000))
  rising.at(6000, () => ran.push(6000))
  await Promise.resolve()
  assert.deepEqual(ran, [4000])
  clock.setTo(6000)
  assert.deepEqual(ran, [4000, 6000])
})
