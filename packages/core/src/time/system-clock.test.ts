import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyPeriod } from './recurring.ts'
import { SystemClock } from './system-clock.ts'
import type { Timers } from './system-clock.ts'
import { Milliseconds } from './duration.ts'
import { Time } from './time.ts'

/** A machine in virtual time: timers fire `late` ms late, a turn of the event loop takes a tenth of a millisecond. */
class Machine implements Timers {
  realMs = 0
  /** What the wall clock is off by: it jumps. */
  offsetMs = 0
  lateMs = 1.1
  turns = 0
  sleeps: number[] = []
  #pending: { atMs: number; wake: () => void }[] = []

  now = (): number => Math.floor(this.realMs + this.offsetMs)
  elapsed = (): number => this.realMs
  sleep = (ms: number, wake: () => void): (() => void) => {
    assert.ok(ms < 2 ** 31)
    this.sleeps.push(ms)
    return this.#wait(Math.max(1, ms) + this.lateMs, wake)
  }
  nextTurn = (wake: () => void): (() => void) => {
    this.turns++
    return this.#wait(0.1, wake)
  }
  #wait(ms: number, wake: () => void): () => void {
    const entry = { atMs: this.realMs + ms, wake }
    this.#pending.push(entry)
    return () => {
      this.#pending = this.#pending.filter(other => other !== entry)
    }
  }
  runUntil(realMs: number): void {
    for (;;) {
      const next = this.#pending.toSorted((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > realMs) break
      this.#pending = this.#pending.filter(entry => entry !== next)
      this.realMs = next.atMs
      next.wake()
    }
    this.realMs = realMs
  }
}

for (const periodMs of [1, 2, 3, 5, 10]) {
  test(`a series of ${periodMs} ms does not drift and is at most 0.3 ms late, though timers are 1.1 ms late`, () => {
    const machine = new Machine()
    const clock = new SystemClock(machine)
    const lateness: number[] = []
    everyPeriod(clock, Milliseconds(periodMs), new Time(periodMs), time =>
      lateness.push(machine.realMs - time.milliseconds),
    )
    machine.runUntil(1000.5)
    assert.equal(lateness.length, Math.floor(1000 / periodMs))
    assert.ok(Math.max(...lateness) <= 0.3, `latest ${Math.max(...lateness)} ms`)
    assert.ok(Math.min(...lateness) >= 0)
  })
}

test('a wait of a second spends no turns of the event loop', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  let ranAtMs = NaN
  clock.at(1000, () => (ranAtMs = machine.realMs))
  machine.runUntil(2000)
  assert.ok(ranAtMs >= 1000 && ranAtMs <= 1001.2)
  assert.equal(machine.turns, 0)
})

test('a wait longer than 2^31 ms ends on time', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  const ran: number[] = []
  clock.at(2 ** 31 + 5000, () => ran.push(machine.realMs))
  machine.sleep = (ms, wake) => {
    assert.ok(ms < 2 ** 31)
    machine.realMs += ms // sleeping is over at once: the test is about arithmetic
    return machine.nextTurn(wake)
  }
  clock.at(1, () => {})
  machine.runUntil(2 ** 31 + 100_000)
  assert.equal(ran.length, 1)
  assert.ok(ran[0]! >= 2 ** 31 + 5000 && ran[0]! < 2 ** 31 + 25_000)
})

test('after a jump ahead of the wall clock, what became due runs within ten seconds', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  let ranAtMs = NaN
  clock.at(3_600_000, () => (ranAtMs = machine.realMs))
  machine.runUntil(1000)
  machine.offsetMs = 3_600_000
  machine.runUntil(20_000)
  assert.ok(ranAtMs <= 10_100)
})

test('after a jump back of the wall clock, an action waits for its wall time', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  const ran: number[] = []
  clock.at(1000, () => ran.push(machine.now()))
  machine.runUntil(500)
  machine.offsetMs = -5000
  machine.runUntil(5999)
  assert.deepEqual(ran, [])
  machine.runUntil(6010)
  assert.equal(ran.length, 1)
  assert.ok(ran[0]! >= 1000)
})

test('an earlier action is not kept waiting by a later one, and a cancelled one wakes nobody', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  const ran: string[] = []
  clock.at(5000, () => ran.push('late'))
  const cancel = clock.at(100, () => ran.push('cancelled'))
  clock.at(200, () => ran.push('early'))
  cancel()
  machine.runUntil(300)
  assert.deepEqual(ran, ['early'])
  machine.runUntil(6000)
  assert.deepEqual(ran, ['early', 'late'])
})

test('an action for a past time runs soon, after I/O had its turn, never inside the call', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  machine.runUntil(100)
  const ran: string[] = []
  clock.at(50, () => {
    ran.push('first')
    clock.at(50, () => ran.push('second'))
  })
  assert.deepEqual(ran, [])
  machine.runUntil(100.15)
  assert.deepEqual(ran, ['first'])
  machine.runUntil(100.25)
  assert.deepEqual(ran, ['first', 'second'])
})

test('an action that throws does not keep the others from running', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  const ran: string[] = []
  clock.at(10, () => {
    throw new Error('user')
  })
  clock.at(10, () => ran.push('other'))
  assert.throws(() => machine.runUntil(20), /user/)
  machine.runUntil(30)
  assert.deepEqual(ran, ['other'])
})

for (const jumpMs of [-3_600_000, -200, 200, 3_600_000]) {
  test(`what waits for time to pass is on time though the wall clock jumps by ${jumpMs} ms`, () => {
    const machine = new Machine()
    const clock = new SystemClock(machine)
    const ran: number[] = []
    for (const ms of [300, 2000, 30_000]) clock.after(ms, () => ran.push(Math.round(clock.elapsed()) - ms))
    machine.runUntil(100)
    machine.offsetMs = jumpMs
    machine.runUntil(40_000)
    assert.equal(ran.length, 3)
    assert.ok(Math.max(...ran) <= 5 && Math.min(...ran) >= 0, `off by ${ran.join(', ')} ms`)
    assert.equal(machine.turns, 0)
  })
}

test('a series of ticks goes by the wall clock, so a machine whose clock runs slow does not drift from it', () => {
  const machine = new Machine()
  const clock = new SystemClock(machine)
  const ticks: number[] = []
  everyPeriod(clock, Milliseconds(100), new Time(100), () => ticks.push(machine.now()))
  // Every second the wall clock is put right by 20 ms, as NTP does.
  for (let second = 1; second <= 60; second++) {
    machine.runUntil(second * 1000)
    machine.offsetMs -= 20
  }
  assert.ok(ticks.length >= 588 && ticks.length <= 600, `${ticks.length} ticks`)
  assert.deepEqual(
    ticks.map(ms => Math.floor(ms / 100)),
    ticks.map((_, i) => i + 1),
  )
})

test('the real clock runs an action at its time, and one that waits after its wait', async () => {
  const clock = new SystemClock()
  const begunMs = clock.elapsed()
  await new Promise<void>(resolve => clock.after(3, resolve))
  assert.ok(clock.elapsed() - begunMs >= 3)
  const dueMs = clock.now() + 5
  await new Promise<void>(resolve => clock.at(dueMs, resolve))
  assert.ok(clock.now() >= dueMs)
})
