import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstTick, ManualClock, Milliseconds, Time } from '../../time/index.ts'
import { BatchGenerator } from './batch-generator.ts'

const hourMs = 3_600_000
const periodMs = 1000

/** What happens to the clock: time passes, or it jumps: by an hour, by a small step as NTP makes it, over a night for which the machine slept. */
const move = fc.oneof(
  { weight: 4, arbitrary: fc.record({ passMs: fc.integer({ min: 0, max: 5000 }) }) },
  fc.record({ jumpMs: fc.constantFrom(-hourMs, hourMs) }),
  fc.record({ jumpMs: fc.integer({ min: -900, max: 900 }) }),
  fc.record({ jumpMs: fc.constant(8 * hourMs) }),
)

function generating(clock: ManualClock) {
  const generated: number[] = []
  const waits: { readonly nextBatchMs: number; readonly waitMs: number }[] = []
  const generator = new BatchGenerator(clock, periodMs, 100, {
    allocate: () => {},
    generate: timeMs => {
      assert.ok(timeMs <= clock.now(), 'a batch of a time that has not come')
      generated.push(timeMs)
      return false
    },
    drained: () => {},
    waitsForClock: (nextBatchMs, waitMs) => waits.push({ nextBatchMs, waitMs }),
  })
  generator.start(firstTick(new Time(clock.now()), Milliseconds(periodMs)).milliseconds)
  return { generated, waits, generator }
}

test('however the clock jumps, batch times are multiples of the interval, each once, in order, none left out', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), fc.integer({ min: 0, max: 5000 }), (moves, startMs) => {
      const clock = new ManualClock(10 * hourMs + startMs)
      const { generated, generator } = generating(clock)
      const first = generator.tickMs
      let latestMs = clock.now()
      for (const next of moves) {
        if ('passMs' in next) clock.advance(next.passMs)
        else clock.jump(next.jumpMs)
        latestMs = Math.max(latestMs, clock.now())
        const due = latestMs < first ? 0 : Math.floor((latestMs - first) / periodMs) + 1
        assert.deepEqual(
          generated,
          Array.from({ length: due }, (_, i) => first + i * periodMs),
        )
      }
    }),
    { numRuns: 200 },
  )
})

test('a clock that goes back by an hour is said once, with how long the next batch waits; a small step is not', () => {
  const clock = new ManualClock(hourMs)
  const { generated, waits } = generating(clock)
  clock.advance(2500)
  clock.jump(-200)
  clock.advance(5000)
  assert.equal(waits.length, 0)
  clock.jump(-hourMs)
  clock.advance(10_000)
  const [last] = generated.slice(-1)
  assert.equal(waits.length, 1)
  assert.equal(waits[0]!.nextBatchMs, last! + periodMs)
  assert.ok(waits[0]!.waitMs > hourMs - 10_000 && waits[0]!.waitMs <= hourMs + periodMs)
})

test('batches that became due while a machine slept are generated in order as one is done after the other, and cost no memory until then', () => {
  const clock = new ManualClock(0)
  const waiting: number[] = []
  const generator = new BatchGenerator(clock, periodMs, 10, {
    allocate: () => {},
    generate: timeMs => waiting.push(timeMs) > 0,
    drained: () => {},
  })
  generator.start(periodMs)
  clock.jump(24 * hourMs)
  assert.equal(waiting.length, 10)
  for (let done = 0; done < 24 * 3600; done++) {
    assert.ok(waiting.length <= 10)
    assert.equal(waiting.shift(), (done + 1) * periodMs)
    generator.completed()
  }
  assert.deepEqual(waiting, [])
})
