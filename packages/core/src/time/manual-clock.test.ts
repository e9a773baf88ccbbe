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
