import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  firstSuperviseState,
  nextPhases,
  superviseStep,
  usualRestarts,
  type Ending,
  type SuperviseCommand,
  type SuperviseEvent,
  type SuperviseState,
} from './supervise-steps.ts'

const supervised = { restarts: usualRestarts }
const byCode = (code: number): Ending => ({ code, signal: null })
const bySignal = (signal: NodeJS.Signals): Ending => ({ code: null, signal })

/** The commands of each event, in turn. */
function play(
  events: readonly SuperviseEvent[],
  settings = supervised as { restarts: typeof usualRestarts | undefined },
) {
  // prettier-ignore
  let state: SuperviseState = firstSuperviseState(0)
  const played: SuperviseCommand[][] = []
  for (const event of events) {
    const [next, commands] = superviseStep(state, event, settings)
    state = next
    played.push([...commands])
  }
  return { state, played }
}
const ended = (ending: Ending, nowMs: number, chance = 0.999_999): SuperviseEvent => ({ type: 'ended', ending, nowMs, chance }) // prettier-ignore
const waitsOf = (commands: readonly SuperviseCommand[][]): number[] => commands.flat().flatMap(command => (command.type === 'wait' ? [command.ms] : [])) // prettier-ignore

for (const ending of [
  bySignal('SIGKILL'),
  bySignal('SIGSEGV'),
  bySignal('SIGABRT'),
  byCode(1),
  byCode(134),
  byCode(255),
])
  // prettier-ignore
  test(`a driver that ended ${ending.signal ?? ending.code} is started again, and it is said once why`, () => {
    const { state, played } = play([ended(ending, 3000), { type: 'due', nowMs: 4000 }])
    assert.equal(state.phase, 'running')
    assert.deepEqual(played[1], [{ type: 'start' }])
    const said = played.flat().filter(command => command.type === 'say')
    assert.equal(said.length, 1)
    assert.match(said[0]!.text, new RegExp(`ended (by|with exit code) ${ending.signal ?? ending.code} after 3 s: it is started again in 1 s`)) // prettier-ignore
  })

for (const code of [0, 2, 9, 64])
  test(`a driver that ended with exit code ${code} is not started again`, () => {
    assert.deepEqual(play([ended(byCode(code), 3000)]).played, [[{ type: 'end', ending: byCode(code) }]])
  })

test('without --supervise nothing is started again', () => {
  const { played } = play([ended(bySignal('SIGKILL'), 3000)], { restarts: undefined })
  assert.deepEqual(played, [[{ type: 'end', ending: bySignal('SIGKILL') }]])
})

test('waits double up to the longest, and begin anew after a driver that was well', () => {
  const events: SuperviseEvent[] = []
  let nowMs = 0
  const die = (ranMs: number): void => {
    nowMs += ranMs
    events.push(ended(byCode(1), nowMs), { type: 'due', nowMs })
  }
  for (let i = 0; i < 8; i++) die(10)
  die(60_000)
  die(59_999)
  assert.deepEqual(waitsOf(play(events).played), [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 1000, 2000])
})

test('chance spreads a wait over its second half', () => {
  assert.deepEqual(waitsOf(play([ended(byCode(1), 10, 0)]).played), [500])
  assert.deepEqual(waitsOf(play([ended(byCode(1), 10, 0.5)]).played), [750])
})

test('a signal goes on to the driver, which is not started again; a second one too; the third is SIGKILL', () => {
  const signal = (nowMs: number): SuperviseEvent => ({ type: 'signal', signal: 'SIGTERM', nowMs })
  const { state, played } = play([signal(100), signal(200), signal(1000), signal(2000), ended(byCode(1), 2001)])
  assert.deepEqual(played, [
    [{ type: 'tell', signal: 'SIGTERM' }],
    [],
    [{ type: 'tell', signal: 'SIGTERM' }],
    [{ type: 'tell', signal: 'SIGKILL' }],
    [{ type: 'end', ending: byCode(1) }],
  ])
  assert.equal(state.phase, 'ended')
})

test('a signal between two drivers ends at once', () => {
  const { played } = play([ended(byCode(1), 10), { type: 'signal', signal: 'SIGINT', nowMs: 20 }, { type: 'due', nowMs: 30 }]) // prettier-ignore
  assert.deepEqual(played.slice(1), [[{ type: 'end', ending: bySignal('SIGINT') }], []])
})

test('whatever happens, one driver runs at a time, none after a signal, and phases follow the table', () => {
  const event = fc.oneof(
    fc.record({ type: fc.constant('ended' as const), ending: fc.constantFrom(byCode(0), byCode(1), bySignal('SIGKILL')), chance: fc.double({ min: 0, max: 0.99, noNaN: true }) }), // prettier-ignore
    fc.constant({ type: 'due' as const }),
    fc.record({ type: fc.constant('signal' as const), signal: fc.constantFrom('SIGTERM' as const, 'SIGINT' as const) }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(100_000)), { maxLength: 40 }), steps => {
      let state: SuperviseState = firstSuperviseState(0)
      let runs = true
      let told = false
      let nowMs = 0
      for (const [one, laterMs] of steps) {
        nowMs += laterMs
        // A process that does not run cannot end, and what ended hears nothing.
        if (one.type === 'ended' ? !runs : state.phase === 'ended') continue
        if (one.type === 'ended') runs = false
        told ||= one.type === 'signal'
        const [next, commands] = superviseStep(state, { ...one, nowMs } as SuperviseEvent, supervised)
        if (next.phase !== state.phase) assert.ok((nextPhases[state.phase] as readonly string[]).includes(next.phase))
        for (const command of commands) {
          if (command.type === 'start') {
            assert.ok(!runs && !told)
            runs = true
          }
          if (command.type === 'wait') assert.ok(command.ms >= 500 && command.ms <= usualRestarts.longestDelayMs)
        }
        state = next
      }
    }),
  )
})
