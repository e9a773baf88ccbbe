import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from './manual-clock.ts'

test('due actions run in time order, then in order of registration, each at its own time', () => {
  const clock = new ManualClock(0)
  const ran: [string, number][] = []
  const note = (name: string) => () => ran.push([name, clock.now()])
  clock.at(30, note('c'))
  clock.at(10, note('a1'))
  clock.at(10, note('a2'))
  clock.at(41, note('not yet'))
  clock.advance(40)
  assert.deepEqual(ran, [['a1', 10], ['a2', 10], ['c', 30]]) // prettier-ignore
  assert.equal(clock.now(), 40)
})

test('what an action registers is honoured in the same move', () => {
  const clock = new ManualClock(0)
  const ran: number[] = []
  const again = (): void => {
    ran.push(clock.now())
    if (ran.length < 3) clock.at(clock.now() + 10, again)
  }
  clock.at(10, again)
  clock.at(25, () => clock.at(25, () => ran.push(-25)))
  clock.advance(100)
  assert.deepEqual(ran, [10, 20, -25, 30])
})

test('an action for a past time runs soon, never inside the call', async () => {
  const clock = new ManualClock(100)
  let ran = false
  clock.at(50, () => (ran = true))
  assert.equal(ran, false)
  await Promise.resolve()
  assert.equal(ran, true)
  assert.equal(clock.now(), 100)
})

test('a cancelled action does not run, also when another action cancels it', () => {
  const clock = new ManualClock(0)
  const ran: string[] = []
  const cancel = clock.at(20, () => ran.push('cancelled'))
  clock.at(10, cancel)
  clock.at(30, () => ran.push('kept'))
  clock.advance(50)
  cancel()
  assert.deepEqual(ran, ['kept'])
})

test('the clock can be set back, and what was to come still comes', () => {
  const clock = new ManualClock(1000)
  const ran: number[] = []
  clock.at(1100, () => ran.push(clock.now()))
  clock.setTo(500)
  assert.equal(clock.now(), 500)
  clock.setTo(1099)
  assert.deepEqual(ran, [])
  clock.setTo(1100)
  assert.deepEqual(ran, [1100])
})

test('an action that moves the clock extends the move', () => {
  const clock = new ManualClock(0)
  const ran: number[] = []
  clock.at(10, () => clock.advance(100))
  clock.at(60, () => ran.push(clock.now()))
  clock.advance(20)
  assert.equal(clock.now(), 110)
  assert.deepEqual(ran, [110])
})

test('an action that throws ends the move there; the next move goes on', () => {
  const clock = new ManualClock(0)
  const ran: number[] = []
  clock.at(10, () => {
    throw new Error('user')
  })
  clock.at(20, () => ran.push(20))
  assert.throws(() => clock.advance(50), /user/)
  assert.equal(clock.now(), 10)
  clock.advance(50)
  assert.deepEqual(ran, [20])
})

test('any registrations and cancellations run as a sorted list would', () => {
  const entry = fc.record({ timeMs: fc.integer({ min: 0, max: 50 }), cancelled: fc.boolean() })
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 300 }), entries => {
      const clock = new ManualClock(-1)
      const ran: number[] = []
      const cancels = entries.map(({ timeMs }, i) => clock.at(timeMs, () => ran.push(i)))
      entries.forEach(({ cancelled }, i) => cancelled && cancels[i]!())
      clock.advance(100)
      const expected = entries.map((e, i) => ({ ...e, i })).filter(e => !e.cancelled)
      assert.deepEqual(ran, expected.sort((a, b) => a.timeMs - b.timeMs || a.i - b.i).map(e => e.i)) // prettier-ignore
    }),
  )
})

test('what waits for time to pass keeps its wait whatever jumps come, and what waits for a time keeps its time', () => {
  const clock = new ManualClock(1_000_000)
  const ran: string[] = []
  const note = (what: string) => () => ran.push(`${what} at ${clock.now()} after ${clock.elapsed()}`)
  clock.after(1000, note('wait'))
  clock.at(1_001_000, note('time'))
  clock.advance(400)
  clock.jump(-3_600_000)
  clock.advance(600)
  assert.deepEqual(ran, ['wait at -2599000 after 1000'])
  clock.jump(3_600_000)
  assert.deepEqual(ran.slice(1), ['time at 1001000 after 1000'])
})

test('a wait of nothing runs soon, never inside the call', async () => {
  const clock = new ManualClock(5)
  const ran: number[] = []
  clock.after(0, () => ran.push(clock.now()))
  assert.deepEqual(ran, [])
  await Promise.resolve()
  assert.deepEqual(ran, [5])
})

test('waits and times run in one order, by when they are due, then by registration', () => {
  const due = fc.record({ ms: fc.integer({ min: 1, max: 30 }), wait: fc.boolean() })
  fc.assert(
    fc.property(fc.array(due, { maxLength: 60 }), fc.integer({ min: -100, max: 100 }), (dues, startMs) => {
      const clock = new ManualClock(startMs)
      const ran: number[] = []
      dues.forEach(({ ms, wait }, i) =>
        wait ? clock.after(ms, () => ran.push(i)) : clock.at(startMs + ms, () => ran.push(i)),
      )
      clock.advance(100)
      const sorted = dues.map(({ ms }, i) => ({ ms, i })).sort((a, b) => a.ms - b.ms || a.i - b.i)
      assert.deepEqual(ran, sorted.map(({ i }) => i)) // prettier-ignore
    }),
  )
})

test('a jump inside of a move is no time: the move goes on for what is left of it', () => {
  const clock = new ManualClock(0)
  const ran: number[] = []
  clock.at(10, () => clock.jump(-5000))
  clock.after(20, () => ran.push(clock.elapsed()))
  clock.advance(15)
  assert.deepEqual([clock.now(), clock.elapsed()], [-4985, 15])
  clock.advance(5)
  assert.deepEqual(ran, [20])
})

test('time that has passed never goes back, whatever the clock is told', () => {
  const move = fc.oneof(
    fc.record({ jump: fc.integer({ min: -5000, max: 5000 }) }),
    fc.record({ setTo: fc.integer({ min: -5000, max: 5000 }) }),
  )
  fc.assert(
    fc.property(fc.array(move), moves => {
      const clock = new ManualClock(0)
      for (const next of moves) {
        const before = { now: clock.now(), elapsed: clock.elapsed() }
        if ('jump' in next) clock.jump(next.jump)
        else clock.setTo(next.setTo)
        const forward = 'jump' in next ? 0 : Math.max(0, next.setTo - before.now)
        assert.equal(clock.elapsed(), before.elapsed + forward)
      }
    }),
  )
})
