import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { initialStop, stepStop, stopMoves } from './stop-steps.ts'
import type { StopCommand, StopEvent, StopPart, StopState, StopTimer } from './stop-steps.ts'

const parts: readonly StopPart[] = ['receivers', 'batches', 'inputs', 'outputs', 'save']
const ended = (part: StopPart): StopEvent => ({ type: 'ended', part })
const timeOver = (timer: StopTimer): StopEvent => ({ type: 'timeOver', timer })
const gracefully: StopEvent = { type: 'stop', graceful: true }
const atOnce: StopEvent = { type: 'stop', graceful: false }

interface Run {
  readonly state: StopState
  readonly commands: readonly StopCommand[]
}

/** Runs the events from the beginning; every move is one that the table has. */
function run(events: readonly StopEvent[]): Run {
  let state = initialStop
  const commands: StopCommand[] = []
  for (const event of events) {
    const [next, more] = stepStop(state, event)
    const path = `${state.phase} → ${next.phase}`
    // A step may pass through a phase in which nothing is left to wait for.
    const legal = next.phase === state.phase || reaches(state.phase, next.phase)
    assert.ok(legal, path)
    state = next
    commands.push(...more)
  }
  return { state, commands }
}

function reaches(from: keyof typeof stopMoves, to: keyof typeof stopMoves): boolean {
  return stopMoves[from].some(next => next === to || reaches(next, to))
}

const typesOf = ({ commands }: Run): string[] =>
  commands.map(command =>
    command.type === 'stopReceivers'
      ? `stopReceivers ${command.graceful ? 'gracefully' : 'at once'}`
      : command.type === 'startTimer'
        ? `startTimer ${command.timer}`
        : command.type,
  )

/** What the shell tells is only what it was commanded to do, or has started. */
const anyOrder = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(gracefully) },
    { weight: 1, arbitrary: fc.constant(atOnce) },
    { weight: 6, arbitrary: fc.constantFrom(...parts).map(ended) },
    { weight: 2, arbitrary: fc.constantFrom<StopTimer>('receivers', 'deadline', 'moment').map(timeOver) },
  ),
  { maxLength: 40 },
)

test('a graceful stop ends the receivers, runs what is due, stops the inputs, saves, and ends', () => {
  const order: StopEvent[] = [gracefully, ...(['receivers', 'batches', 'inputs', 'save'] as const).map(ended)]
  assert.deepEqual(typesOf(run(order)), ['startTimer deadline', 'startTimer receivers', 'stopReceivers gracefully', 'drain', 'stopInputs', 'save', 'end']) // prettier-ignore
  assert.deepEqual(run(order).commands.at(-1), { type: 'end', graceful: true })
})

test('a stop at once ends everything at the same time, and saves when nothing runs any more', () => {
  assert.deepEqual(typesOf(run([atOnce])), ['startTimer moment', 'halt', 'stopReceivers at once', 'stopInputs'])
  const quiet = run([atOnce, ...(['outputs', 'inputs', 'receivers', 'save'] as const).map(ended)])
  assert.deepEqual(typesOf(quiet).slice(4), ['save', 'startTimer moment', 'end'])
})

test('what still runs after the last moment is cancelled, after the checkpoint', () => {
  const hangs = run([atOnce, ended('receivers'), ended('inputs'), timeOver('moment'), ended('save')])
  assert.deepEqual(typesOf(hangs).slice(4), ['save', 'startTimer moment', 'cancelJobs', 'end'])
})

test('a receiver that hangs takes half of the time; the rest is for what was received', () => {
  const { commands, state } = run([gracefully, timeOver('receivers'), ended('receivers')])
  assert.deepEqual(commands.slice(3), [
    { type: 'tellLate', timer: 'receivers', waitsFor: ['receivers'] },
    { type: 'stopReceivers', graceful: false },
    { type: 'drain' },
  ])
  assert.equal(state.graceful, true)
})

test('the deadline cuts a graceful stop short and names what had not ended', () => {
  const late = run([gracefully, ended('receivers'), timeOver('deadline')])
  assert.deepEqual(late.commands.slice(4, 5), [{ type: 'tellLate', timer: 'deadline', waitsFor: ['batches'] }])
  assert.deepEqual([late.state.phase, late.state.graceful], ['cutting', false])
})

test('a graceful stop asked for again is the same one, one at once cuts it short, and graceful after that is too late', () => {
  assert.deepEqual(run([gracefully, gracefully]), run([gracefully]))
  assert.equal(run([gracefully, atOnce]).state.phase, 'cutting')
  assert.deepEqual(run([gracefully, atOnce, gracefully]), run([gracefully, atOnce]))
})

test('in any order of events the end comes once, last, and is graceful only if nothing cut it short', () => {
  fc.assert(
    fc.property(anyOrder, events => {
      const { commands } = run(events)
      const ends = commands.flatMap((command, i) => (command.type === 'end' ? [i] : []))
      assert.ok(ends.length <= 1 && (ends.length === 0 || ends[0] === commands.length - 1))
      const end = commands.at(-1)
      if (end?.type === 'end') assert.equal(end.graceful, !commands.some(({ type }) => type === 'halt'))
    }),
    { numRuns: 2000 },
  )
})

test('whatever hangs, the timers that were started lead to the end', () => {
  fc.assert(
    fc.property(anyOrder, fc.boolean(), (events, graceful) => {
      let { state, commands } = run([...events, graceful ? gracefully : atOnce])
      const running = new Set(commands.flatMap(command => (command.type === 'startTimer' ? [command.timer] : [])))
      for (let turn = 0; turn < 10 && state.phase !== 'stopped'; turn++) {
        for (const timer of ['receivers', 'deadline', 'moment'] as const) {
          if (!running.has(timer)) continue
          ;[state, commands] = stepStop(state, timeOver(timer))
          for (const command of commands) if (command.type === 'startTimer') running.add(command.timer)
        }
      }
      assert.equal(state.phase, 'stopped')
    }),
    { numRuns: 2000 },
  )
})

test('in any order of events batches are drained after the receivers and inputs stopped after the batches, unless it is cut; save comes once; what runs is cancelled after it', () => {
  fc.assert(
    fc.property(anyOrder, events => {
      const seen = new Set<StopPart>()
      const done: string[] = []
      let state = initialStop
      for (const event of events) {
        if (event.type === 'ended') seen.add(event.part)
        const [next, commands] = stepStop(state, event)
        state = next
        for (const { type } of commands) {
          if (type === 'drain') assert.ok(seen.has('receivers') && !done.includes('halt'))
          if (type === 'stopInputs') assert.ok(seen.has('batches') || done.includes('halt'))
          if (type === 'save') assert.ok(!done.includes('save') && (seen.has('batches') || done.includes('halt')))
          if (type === 'cancelJobs') assert.ok(done.includes('save') && !seen.has('outputs'))
          if (type === 'giveUpSaving') assert.ok(!seen.has('save'))
          done.push(type)
        }
      }
      assert.ok(done.filter(type => type === 'stopInputs').length <= 1)
      assert.ok(done.filter(type => type === 'halt').length <= 1)
    }),
    { numRuns: 2000 },
  )
})
