import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { generatorMoves, initialGenerator, isIdle, stepGenerator } from './generator.ts'
import type { GeneratorCommand, GeneratorEvent, GeneratorState } from './generator.ts'

const event = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('clock' as const), nowMs: fc.integer({ min: 0, max: 20_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('generated' as const), submitted: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('completed' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('drain' as const), oneMoreTick: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('started' as const), firstMs: fc.constant(1000) }) },
)

/** Runs the events and gives every state and command in order. */
function run(events: readonly GeneratorEvent[], periodMs = 100, maxInFlight = 3) {
  let state = initialGenerator(periodMs, maxInFlight)
  const log: {
    readonly state: GeneratorState
    readonly event: GeneratorEvent
    readonly commands: readonly GeneratorCommand[]
  }[] = []
  for (const event of events) {
    const [next, commands] = stepGenerator(state, event)
    const moves: readonly string[] = generatorMoves[state.phase]
    assert.ok(next.phase === state.phase || moves.includes(next.phase), `${state.phase} → ${next.phase}`)
    state = next
    log.push({ state, event, commands })
  }
  return log
}

const generatedTimes = (log: ReturnType<typeof run>): number[] =>
  log.flatMap(({ commands }) => commands.flatMap(command => (command.type === 'generate' ? [command.timeMs] : [])))

test('no batch time is ever generated twice or left out, whatever the order of events', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), events => {
      const times = generatedTimes(run([{ type: 'started', firstMs: 1000 }, ...events]))
      assert.deepEqual(
        times,
        times.map((_, i) => 1000 + i * 100),
      )
    }),
    { numRuns: 1000 },
  )
})

test('a batch is never generated before the clock has reached it', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), events => {
      let latest = 0
      for (const { event, commands } of run([{ type: 'started', firstMs: 1000 }, ...events])) {
        if (event.type === 'clock') latest = Math.max(latest, event.nowMs)
        for (const command of commands) if (command.type === 'generate') assert.ok(command.timeMs <= latest)
      }
    }),
  )
})

test('no more batches than allowed are ever in flight, and one at a time is planned', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), events => {
      for (const { state, commands } of run([{ type: 'started', firstMs: 1000 }, ...events])) {
        assert.ok(state.inFlight <= 3)
        assert.ok(commands.filter(command => command.type === 'generate').length <= 1)
      }
    }),
  )
})

test('drained is told once, and every batch that was due by then has been generated and completed', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), events => {
      const tail = Array.from({ length: 300 }, (_, i): GeneratorEvent =>
        i % 2 === 0 ? { type: 'generated', submitted: true } : { type: 'completed' },
      )
      const log = run([
        { type: 'started', firstMs: 1000 },
        ...events,
        { type: 'drain', oneMoreTick: false },
        { type: 'clock', nowMs: 21_000 },
        ...tail,
        ...tail,
      ])
      assert.equal(log.flatMap(entry => entry.commands).filter(command => command.type === 'drained').length, 1)
      const last = log.at(-1)!.state
      assert.deepEqual([last.phase, last.inFlight, last.generateMs], ['stopped', 0, last.tickMs])
    }),
  )
})

test('ticks that were missed become due together, and what was received goes to the first of them', () => {
  const log = run([
    { type: 'started', firstMs: 1000 },
    { type: 'clock', nowMs: 1350 },
  ])
  assert.deepEqual(log.at(-1)!.commands, [
    { type: 'allocate', timeMs: 1000 },
    { type: 'wakeAt', timeMs: 1400 },
    { type: 'generate', timeMs: 1000 },
  ])
  assert.equal(isIdle(log.at(-1)!.state, 1350), false)
})

test('a clock that jumps ahead by a year costs two numbers', () => {
  const yearMs = 365 * 24 * 3_600_000
  const { state, commands } = run([
    { type: 'started', firstMs: 1000 },
    { type: 'clock', nowMs: yearMs },
  ]).at(-1)!
  assert.equal(commands.length, 3)
  assert.deepEqual([state.generateMs, state.tickMs], [1100, yearMs + 100])
})

test('a clock that went back makes no batch and is waited for', () => {
  const log = run([
    { type: 'started', firstMs: 1000 },
    { type: 'clock', nowMs: 1000 },
    { type: 'clock', nowMs: 300 },
  ])
  assert.deepEqual(log.at(-1)!.commands, [{ type: 'wakeAt', timeMs: 1100 }])
})

test('received data that waits for a batch gets one more before a graceful stop', () => {
  const log = run([
    { type: 'started', firstMs: 1000 },
    { type: 'drain', oneMoreTick: true },
    { type: 'clock', nowMs: 1000 },
    { type: 'generated', submitted: true },
    { type: 'completed' },
  ])
  assert.deepEqual(
    log.slice(2).map(entry => entry.commands.map(command => command.type)),
    [['allocate', 'generate'], [], ['drained']],
  )
})

test('nothing is generated after a stop', () => {
  const log = run([
    { type: 'started', firstMs: 1000 },
    { type: 'stop' },
    { type: 'clock', nowMs: 5000 },
    { type: 'started', firstMs: 6000 },
  ])
  assert.deepEqual(generatedTimes(log), [])
  assert.ok(isIdle(log.at(-1)!.state, 5000))
})
