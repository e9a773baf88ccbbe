import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { silentLog } from '../../../logging/index.ts'
import { DirectoryFencedError } from '../../../storage/fence/fence-errors.ts'
import { ManualClock } from '../../../time/manual-clock.ts'
import type { DriverEvent } from './driver-event.ts'
import { DriverJournal } from './driver-journal.ts'

const completed = (timeMs: number): DriverEvent => ({ type: 'batchCompleted', timeMs })

/** A journal over a log that does with each write what `plan` says next; when that is over, every write succeeds. */
function journalOver(plan: ('ok' | 'fails' | 'fenced')[]) {
  const clock = new ManualClock(0)
  const written: number[] = []
  const fenced: Error[] = []
  const record = async (events: readonly DriverEvent[]): Promise<void> => {
    await Promise.resolve()
    const what = plan.shift() ?? 'ok'
    if (what === 'fails') throw new Error('no space')
    if (what === 'fenced') throw new DirectoryFencedError('/log', 1)
    written.push(...events.map(event => (event as { timeMs: number }).timeMs))
  }
  const onFenced = (error: Error): void => void fenced.push(error)
  const logger = silentLog.logger('')
  return { journal: new DriverJournal({ log: { record }, directory: '/log', clock, logger, onFenced }), clock, written, fenced } // prettier-ignore
}

/** Lets everything that waits for the clock or for a promise go on. */
async function settle(clock: ManualClock): Promise<void> {
  for (let quiet = 0; quiet < 20; quiet++) {
    await Promise.resolve()
    const next = clock.nextTimeMs()
    if (quiet > 10 && next !== undefined) {
      clock.setTo(next)
      quiet = 0
    }
  }
}

test('events are in the log in the order in which they were given, each once, whatever fails in between', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('ok', 'fails'), { maxLength: 8 }), fc.array(fc.boolean(), { maxLength: 20 }), async (plan, waits) => {
      const { journal, clock, written } = journalOver([...plan])
      const all: Promise<void>[] = []
      for (const [i, wait] of waits.entries()) {
        all.push(journal.record(completed(i)))
        if (wait) await Promise.resolve()
      }
      await settle(clock)
      await Promise.all(all)
      assert.deepEqual(written, [...waits.keys()])
    }),
  )) // prettier-ignore

test('what is only tried is given up where the log cannot be written, and what came after it is not', async () => {
  const { journal, clock, written } = journalOver(['fails'])
  const tried = assert.rejects(journal.try(completed(1)), /no space/)
  const recorded = journal.record(completed(2))
  await tried
  await settle(clock)
  await recorded
  assert.deepEqual(written, [2])
})

test('once another process has taken over, everything is rejected and the program is told', async () => {
  const { journal, written, fenced } = journalOver(['ok', 'fenced'])
  await journal.record(completed(1))
  await assert.rejects(journal.record(completed(2)), { code: 'DIRECTORY_FENCED' })
  await assert.rejects(journal.record(completed(3)), { code: 'DIRECTORY_FENCED' })
  assert.deepEqual([written, fenced.length], [[1], 1])
})

test('an event that no log can hold is refused, and what comes after it is written', async () => {
  const { journal, clock, written } = journalOver([])
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  for (const range of [circular, 1n, undefined, () => 1]) {
    const unfit = { type: 'inputAllocated', timeMs: 1, inputId: 0, range } as unknown as DriverEvent
    await assert.rejects(journal.record(unfit), { code: 'DRIVER_EVENT_FORMAT' })
  }
  const refused = [completed(0.5), completed(NaN)].map(event => assert.rejects(journal.record(event), { code: 'DRIVER_EVENT_FORMAT' })) // prettier-ignore
  const recorded = journal.record(completed(2))
  await settle(clock)
  await Promise.all([...refused, recorded])
  assert.deepEqual(written, [2])
})

test('closing writes what waits once, also what was waiting to be tried again', async () => {
  const { journal, written } = journalOver(['fails'])
  const recorded = journal.record(completed(1))
  for (let i = 0; i < 10; i++) await Promise.resolve()
  assert.deepEqual(written, [])
  await journal.close()
  await recorded
  assert.deepEqual(written, [1])
  await assert.rejects(journal.record(completed(2)), { code: 'LOG_CLOSED' })
})

test('closing does not wait for a log that cannot be written', async () => {
  const { journal, written } = journalOver(['fails', 'fails', 'fails'])
  const recorded = assert.rejects(journal.record(completed(1)), /no space/)
  await journal.close()
  await recorded
  assert.deepEqual(written, [])
})
