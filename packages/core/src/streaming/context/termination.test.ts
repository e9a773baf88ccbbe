import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../time/index.ts'
import { Termination } from './termination.ts'

test('the first error is told to whoever asks, now and after the stop', async () => {
  const termination = new Termination()
  const waiting = termination.wait()
  termination.fail(new Error('first'))
  termination.fail(new Error('second'))
  termination.stop()
  await assert.rejects(waiting, /first/)
  await assert.rejects(termination.wait(), /first/)
  await assert.rejects(termination.waitFor(0, new ManualClock()), /first/)
})

test('waiting for a time ends at that time or at the stop, whichever is first', async () => {
  const clock = new ManualClock()
  const termination = new Termination()
  const [short, long] = [termination.waitFor(100, clock), termination.waitFor(1000, clock)]
  clock.advance(100)
  assert.equal(await short, false)
  termination.stop()
  assert.equal(await long, true)
  assert.equal(clock.nextTimeMs(), undefined)
})
