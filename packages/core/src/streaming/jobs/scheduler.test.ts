import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { initialScheduler, stepScheduler } from './scheduler.ts'
import type { SchedulerCommand } from './scheduler.ts'

/** Submits batches with these numbers of outputs, ending a running output (by `choices`) whenever asked to. */
function simulate(concurrent: number, outputs: readonly number[], choices: readonly number[]) {
  let state = initialScheduler(concurrent)
  const commands: SchedulerCommand[] = []
  const running: { timeMs: number; index: number }[] = []
  let mostRunning = 0
  const take = (event: Parameters<typeof stepScheduler>[1]): void => {
    const [next, told] = stepScheduler(state, event)
    state = next
    commands.push(...told)
    for (const command of told) if (command.type === 'runOutput') running.push(command)
    mostRunning = Math.max(mostRunning, running.length)
  }
  const waiting = outputs.map((count, i) => ({ type: 'submitted' as const, timeMs: (i + 1) * 1000, outputs: count }))
  const endOne = (choice: number): void => {
    const [ended] = running.splice(choice % running.length, 1)
    take({ type: 'outputEnded', timeMs: ended!.timeMs })
  }
  for (const choice of choices) {
    if (choice % 2 === 0 && waiting.length > 0) take(waiting.shift()!)
    else if (running.length > 0) endOne(choice)
  }
  while (waiting.length > 0) take(waiting.shift()!)
  while (running.length > 0) endOne(0)
  return { commands, mostRunning, state }
}

const runs = fc.tuple(
  fc.integer({ min: 1, max: 4 }),
  fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }),
  fc.array(fc.nat(100), { maxLength: 40 }),
)

test('every output operation starts once, in the order of batches and of registration', () => {
  fc.assert(
    fc.property(runs, ([concurrent, outputs, choices]) => {
      const { commands } = simulate(concurrent, outputs, choices)
      assert.deepEqual(
        commands.flatMap(command => (command.type === 'runOutput' ? [[command.timeMs, command.index]] : [])),
        outputs.flatMap((count, i) => Array.from({ length: count }, (_, index) => [(i + 1) * 1000, index])),
      )
    }),
  )
})

test('no more output operations run at the same time than concurrentJobs allows', () => {
  fc.assert(
    fc.property(runs, ([concurrent, outputs, choices]) => {
      assert.ok(simulate(concurrent, outputs, choices).mostRunning <= concurrent)
    }),
  )
})

test('every batch begins once and completes once, after its last output operation', () => {
  fc.assert(
    fc.property(runs, ([concurrent, outputs, choices]) => {
      const { commands, state } = simulate(concurrent, outputs, choices)
      assert.equal(state.batches.length, 0)
      for (const timeMs of outputs.map((_, i) => (i + 1) * 1000)) {
        const own = commands.filter(command => command.timeMs === timeMs).map(command => command.type)
        assert.equal(own[0], 'beginBatch')
        assert.equal(own.at(-1), 'completeBatch')
        assert.equal(own.filter(type => type !== 'runOutput').length, 2)
      }
    }),
  )
})

test('with one concurrent job, a batch completes before the next begins', () => {
  const { commands } = simulate(1, [2, 1], [0, 0, 1, 1, 1])
  assert.deepEqual(
    commands.map(command => `${command.type} ${command.timeMs}`),
    [
      'beginBatch 1000',
      'runOutput 1000',
      'runOutput 1000',
      'completeBatch 1000',
      'beginBatch 2000',
      'runOutput 2000',
      'completeBatch 2000',
    ],
  )
})

test('nothing starts after a halt, and batches that had not begun are forgotten', () => {
  let state = initialScheduler(1)
  ;[state] = stepScheduler(state, { type: 'submitted', timeMs: 1000, outputs: 2 })
  ;[state] = stepScheduler(state, { type: 'submitted', timeMs: 2000, outputs: 1 })
  ;[state] = stepScheduler(state, { type: 'halt' })
  const [after, commands] = stepScheduler(state, { type: 'outputEnded', timeMs: 1000 })
  assert.deepEqual(commands, [])
  assert.deepEqual(
    after.batches.map(batch => batch.timeMs),
    [1000],
  )
})
