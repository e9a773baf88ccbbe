import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { initialSupervisor, stepSupervisor, supervisorMoves } from './supervisor-steps.ts'
import type { SupervisorCommand, SupervisorEvent, SupervisorState } from './supervisor-steps.ts'

const reason = { message: 'why' }
const settings = { receiverRestartDelayMs: 2000, receiverMaxRestartDelayMs: 30_000, receiverHealthyAfterMs: 10_000 }
/** It failed at once. */
const outcome = { ranMs: 0, stored: false }

function run(events: readonly SupervisorEvent[]): { state: SupervisorState; commands: SupervisorCommand[] } {
  let state = initialSupervisor
  const commands: SupervisorCommand[] = []
  for (const event of events) {
    const [next, more] = stepSupervisor(state, event, settings)
    if (next.phase !== state.phase)
      assert.ok(
        (supervisorMoves[state.phase] as readonly string[]).includes(next.phase),
        `${state.phase} → ${next.phase}`,
      )
    state = next
    commands.push(...more)
  }
  return { state, commands }
}

const types = (events: readonly SupervisorEvent[]): string[] => run(events).commands.map(command => command.type)

const started: SupervisorEvent[] = [{ type: 'start' }, { type: 'onStartReturned', run: 1 }]

test('a restart stops the receiver, waits, and starts it again', () => {
  const events: SupervisorEvent[] = [
    ...started,
    { type: 'restart', reason, delayMs: 5, outcome },
    { type: 'onStopEnded', run: 1 },
    { type: 'delayOver' },
  ]
  assert.deepEqual(types(events), ['callOnStart', 'tellStarted', 'tellRestarting', 'callOnStop', 'wait', 'callOnStart'])
  assert.deepEqual([run(events).state.phase, run(events).state.run], ['starting', 2])
})

test('a second restart while the first is under way changes nothing', () => {
  const restart: SupervisorEvent = { type: 'restart', reason, delayMs: 5, outcome }
  assert.deepEqual(types([...started, restart, restart, { type: 'onStopEnded', run: 1 }, restart]).slice(2), [
    'tellRestarting',
    'callOnStop',
    'wait',
  ])
})

test('onStart that throws leads to a restart after the default delay', () => {
  const { commands } = run([
    { type: 'start' },
    { type: 'onStartFailed', run: 1, error: 'no', outcome },
    { type: 'onStopEnded', run: 1 },
  ])
  assert.deepEqual(commands.slice(1), [
    { type: 'tellRestarting', reason: { message: 'Error starting receiver', error: 'no' }, delayMs: 2000 },
    { type: 'callOnStop', run: 1 },
    { type: 'wait', delayMs: 2000 },
  ])
})

test('a stop in any phase ends after a drain, and calls onStop only if it runs', () => {
  const stop: SupervisorEvent = { type: 'stop', reason }
  const over: SupervisorEvent[] = [{ type: 'onStopEnded', run: 1 }, { type: 'drained' }]
  const restart: SupervisorEvent = { type: 'restart', reason, delayMs: 5, outcome }
  assert.deepEqual(types([stop, { type: 'drained' }]), ['drain', 'end'])
  assert.deepEqual(types([...started, stop, ...over]).slice(2), ['callOnStop', 'drain', 'end'])
  assert.deepEqual(types([...started, restart, stop, ...over]).slice(2), [
    'tellRestarting',
    'callOnStop',
    'drain',
    'end',
  ])
  assert.deepEqual(types([...started, restart, over[0]!, stop, over[1]!]).slice(2), [
    'tellRestarting',
    'callOnStop',
    'wait',
    'cancelWait',
    'drain',
    'end',
  ])
})

/** The delays of so many runs that end alike. */
function delays(runs: readonly { readonly ranMs: number; readonly stored: boolean }[]): number[] {
  const events = runs.flatMap((outcome, i): SupervisorEvent[] => [
    { type: 'onStartReturned', run: i + 1 },
    { type: 'restart', reason, delayMs: undefined, outcome },
    { type: 'onStopEnded', run: i + 1 },
    { type: 'delayOver' },
  ])
  const { commands } = run([{ type: 'start' }, ...events])
  return commands.flatMap(command => (command.type === 'wait' ? [command.delayMs] : []))
}

test('failures in a row wait twice as long each time, up to the most; a run that lasted or stored something begins anew', () => {
  assert.deepEqual(delays(Array.from({ length: 6 }, () => outcome)), [2000, 4000, 8000, 16_000, 30_000, 30_000])
  assert.deepEqual(delays([outcome, outcome, { ranMs: 10_000, stored: false }, outcome]), [2000, 4000, 2000, 4000])
  assert.deepEqual(delays([outcome, outcome, { ranMs: 0, stored: true }, outcome]), [2000, 4000, 2000, 4000])
})

test('an onStop that does not end holds up neither a stop nor, for another thread, a restart', () => {
  const late: SupervisorEvent = { type: 'onStopLate', run: 1 }
  const stops = run([...started, { type: 'stop', reason }, late, { type: 'drained' }])
  assert.deepEqual(stops.commands.at(-1), { type: 'end', reason, givenUp: false })
  const restart: SupervisorEvent = { type: 'restart', reason, delayMs: 5, outcome }
  const gone = run([...started, restart, late, { type: 'onStopEnded', run: 1 }, { type: 'drained' }])
  assert.deepEqual(gone.commands.at(-1), { type: 'end', reason: { message: '' }, givenUp: true })
  const stopped = run([...started, restart, late, { type: 'stop', reason }, { type: 'drained' }])
  assert.deepEqual(stopped.commands.at(-1), { type: 'end', reason, givenUp: false })
})

test('what an earlier run says changes nothing', () => {
  const second: SupervisorEvent[] = [
    ...started,
    { type: 'restart', reason, delayMs: 5, outcome },
    { type: 'onStopEnded', run: 1 },
    { type: 'delayOver' },
    { type: 'onStartReturned', run: 2 },
  ]
  assert.equal(run([...second, { type: 'onStartFailed', run: 1, error: 'late', outcome }]).state.phase, 'started')
})

test('in any order of events, onStart and onStop alternate and the end comes once, last', () => {
  const event: fc.Arbitrary<SupervisorEvent> = fc.oneof(
    fc.constant<SupervisorEvent>({ type: 'start' }),
    fc.constant<SupervisorEvent>({ type: 'restart', reason, delayMs: 1, outcome }),
    fc.constant<SupervisorEvent>({ type: 'stop', reason }),
    fc.constant<SupervisorEvent>({ type: 'delayOver' }),
    fc.constant<SupervisorEvent>({ type: 'drained' }),
    fc.integer({ min: 1, max: 4 }).map(n => ({ type: 'onStartReturned', run: n }) as const),
    fc.integer({ min: 1, max: 4 }).map(n => ({ type: 'onStopEnded', run: n }) as const),
    fc.integer({ min: 1, max: 4 }).map(n => ({ type: 'onStopLate', run: n }) as const),
    fc.integer({ min: 1, max: 4 }).map(n => ({ type: 'onStartFailed', run: n, error: 'x', outcome }) as const),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), events => {
      const all = types(events)
      const calls = all.filter(type => type === 'callOnStart' || type === 'callOnStop')
      calls.forEach((call, i) => assert.equal(call, i % 2 === 0 ? 'callOnStart' : 'callOnStop'))
      const end = all.indexOf('end')
      assert.ok(end < 0 || end === all.length - 1)
    }),
    { numRuns: 1000 },
  )
})
