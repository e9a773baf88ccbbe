import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StateMachine } from './state-machine.ts'

/** Counts events; gives their names as commands, `twice` ones two times. */
const step = (count: number, event: string): readonly [number, readonly string[]] => [
  count + 1,
  event.startsWith('twice') ? [`${event} 1`, `${event} 2`] : [event],
]

test('an event that comes from inside a command is handled after all commands of the one before', () => {
  const seen: [string, number][] = []
  const machine = new StateMachine(0, step, command => {
    seen.push([command, machine.state])
    assert.equal(machine.isHandling, true)
    if (command === 'twice a 1') for (const event of ['b', 'twice c']) machine.handle(event)
  })
  machine.handle('twice a')
  assert.deepEqual(seen, [['twice a 1', 1], ['twice a 2', 1], ['b', 2], ['twice c 1', 3], ['twice c 2', 3]]) // prettier-ignore
  assert.deepEqual([machine.state, machine.isHandling], [3, false])
})

test('a command that throws costs the commands behind it, not the events', () => {
  const seen: string[] = []
  const machine = new StateMachine(0, step, command => {
    seen.push(command)
    if (command !== 'twice a 1') return
    machine.handle('b')
    throw new Error('broken')
  })
  assert.throws(() => machine.handle('twice a'), /broken/)
  machine.handle('c')
  assert.deepEqual(seen, ['twice a 1', 'b', 'c'])
  assert.equal(machine.state, 3)
})
