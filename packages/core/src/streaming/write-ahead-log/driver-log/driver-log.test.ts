import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { aesGcm } from '../../../storage/encryption/cipher.ts'
import { MemoryFileSystem } from '../../../storage/memory-file-system.ts'
import { ManualClock } from '../../../time/manual-clock.ts'
import { directory, fenceOf } from '../log-for-tests.ts'
import type { DriverEvent, LoggedBlock } from './driver-event.ts'
import { DriverLog, type DriverLogOptions, type DriverSnapshot } from './driver-log.ts'
import { applyToDriver, applyToOwnDriver, initialDriver, lastBatchMs, oldestNeededMs, ownDriver, pendingBatches, type DriverState } from './driver-state.ts' // prettier-ignore
import { decodeEvents, encodeEvents } from './event-codec.ts'
import { eventsOf } from './snapshot.ts'

const fold = (events: readonly DriverEvent[], from: DriverState = initialDriver) => events.reduce(applyToDriver, from)

const loggedBlock = (id: string, timeMs?: number): LoggedBlock => ({
  streamId: 0,
  block: {
    ...{ id, records: 1, format: 'lines', length: 5 },
    ...(timeMs === undefined
      ? {}
      : { handle: { log: 0, file: 'log-1-2', offset: 56, length: 5, sequence: 1, timeMs } }),
  },
})
const added = (id: string, timeMs?: number): DriverEvent => ({ type: 'blockAdded', received: loggedBlock(id, timeMs) })
const allocated = (timeMs: number, ...blockIds: string[]): DriverEvent => ({ type: 'batchAllocated', timeMs, blockIds })
const submitted = (timeMs: number, outputs = 2): DriverEvent => ({
  type: 'batchSubmitted',
  timeMs,
  outputs,
  records: 7,
})
const finished = (timeMs: number, outputOpId: number): DriverEvent => ({ type: 'outputFinished', timeMs, outputOpId })
const completed = (timeMs: number): DriverEvent => ({ type: 'batchCompleted', timeMs })
const cleaned = (upToMs: number): DriverEvent => ({ type: 'batchesCleaned', upToMs })

/** Any event, of few times and blocks so that they meet. */
const time = fc.integer({ min: 1, max: 6 }).map(n => n * 1000)
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const anyEvent: fc.Arbitrary<DriverEvent> = fc.oneof(
  fc.tuple(id, fc.option(fc.nat(9), { nil: undefined })).map(([name, at]) => added(name, at)),
  fc.tuple(time, fc.array(id)).map(([timeMs, ids]) => allocated(timeMs, ...ids)),
  time.map(cleaned),
  fc
    .uniqueArray(fc.constantFrom('in', 'other', 'third'))
    .map(inputs => ({ type: 'runStarted', startedMs: 7, inputs }) as const),
  fc
    .tuple(time, fc.nat(1), fc.jsonValue())
    .map(([timeMs, inputId, range]) => ({ type: 'inputAllocated', timeMs, inputId, range: JSON.parse(JSON.stringify(range)) }) as DriverEvent), // prettier-ignore
  fc.tuple(time, fc.nat(2)).map(([timeMs, outputs]) => submitted(timeMs, outputs)),
  fc
    .tuple(time, fc.nat(2), fc.option(fc.string(), { nil: undefined }))
    .map(([timeMs, outputOpId, failure]) => ({ type: 'outputFinished', timeMs, outputOpId, ...(failure !== undefined && { failure }) }) as DriverEvent), // prettier-ignore
  time.map(completed),
)
const anyEvents = fc.array(anyEvent, { maxLength: 40 })

test('a state of one’s own that is changed in place is the same as one that is copied, and the state that it came from stays as it is', () => {
  fc.assert(
    fc.property(anyEvents, anyEvents, (before, after) => {
      const state = fold(before)
      assert.deepEqual(applyToOwnDriver(ownDriver(state), after), fold(after, state))
      assert.deepEqual(state, fold(before))
    }),
  )
  assert.deepEqual(initialDriver, { run: undefined, blocks: { unallocated: [], batches: new Map(), lastAllocatedMs: -Infinity }, inputs: new Map(), batches: new Map(), lastSubmittedMs: -Infinity }) // prettier-ignore
})

test('an event is applied to a state of one’s own without copying its maps, however many batches there are', () => {
  const own = ownDriver(fold([added('a'), allocated(1000, 'a'), submitted(1000), added('b')]))
  const after = applyToOwnDriver(own, [allocated(2000, 'b'), submitted(2000), finished(1000, 0), completed(1000)])
  assert.equal(after.blocks.batches, own.blocks.batches)
  assert.equal(after.batches, own.batches)
  assert.deepEqual([...after.blocks.batches.keys()], [1000, 2000])
})

test('a batch is pending from its allocation to its completion, whatever of it has ended', () => {
  const events = [added('a'), allocated(1000, 'a'), submitted(1000), finished(1000, 0), finished(1000, 1)]
  for (let n = 2; n <= events.length; n++) assert.deepEqual(pendingBatches(fold(events.slice(0, n))), [1000])
  assert.deepEqual(pendingBatches(fold([...events, completed(1000)])), [])
})

test('a batch without jobs is completed as soon as it is submitted', () => {
  assert.deepEqual(pendingBatches(fold([allocated(1000), submitted(1000, 0)])), [])
})

test('a batch that is run again begins again, with the blocks and ranges that it had', () => {
  const range = (n: number): DriverEvent => ({ type: 'inputAllocated', timeMs: 1000, inputId: 3, range: [n] })
  const first = [added('a'), allocated(1000, 'a'), range(1), submitted(1000), finished(1000, 0), completed(1000)]
  const again = fold([...first, added('b'), allocated(1000, 'b'), range(2), submitted(1000)])
  assert.deepEqual(again.blocks.batches.get(1000), [loggedBlock('a')])
  assert.deepEqual(again.inputs.get(1000)?.get(3), [1])
  assert.equal(again.batches.get(1000)?.finished.size, 0)
  assert.deepEqual(pendingBatches(again), [1000])
})

test('cleaning forgets completed batches only, and the newest batch time is never forgotten', () => {
  const state = fold([submitted(1000), submitted(2000), completed(2000), cleaned(5000)])
  assert.deepEqual(pendingBatches(state), [1000])
  assert.equal(lastBatchMs(state), 2000)
  assert.equal(lastBatchMs(initialDriver), undefined)
})

test('the receivers’ log is needed from its oldest block that is waiting or in a batch', () => {
  const events = [added('a', 10), allocated(1000, 'a'), added('b', 20)]
  assert.equal(oldestNeededMs(fold(events)), 10)
  assert.equal(oldestNeededMs(fold([...events, cleaned(1000)])), 20)
  assert.equal(oldestNeededMs(initialDriver), Infinity)
})

test('a completed batch is one of which no later event can make two, and no batch that is open is forgotten', () =>
  fc.assert(
    fc.property(anyEvents, events => {
      const open = new Set<number>()
      for (const event of events) {
        if (event.type === 'batchSubmitted') open.delete(event.timeMs)
        if (event.type === 'batchSubmitted' && event.outputs > 0) open.add(event.timeMs)
        if (event.type === 'batchCompleted') open.delete(event.timeMs)
      }
      const pending = pendingBatches(fold(events))
      for (const timeMs of open) assert.ok(pending.includes(timeMs))
    }),
  ))

test('any events survive being written together', () =>
  fc.assert(fc.property(anyEvents, events => assert.deepEqual(decodeEvents(encodeEvents(events)), events))))

test('a snapshot at any moment, and the events behind it, lead to the same state as all events', () =>
  fc.assert(
    fc.property(anyEvents, fc.nat(40), (events, cut) => {
      const before = fold(events.slice(0, cut))
      const snapshot = decodeEvents(encodeEvents(eventsOf(before)))
      assert.deepEqual(fold(snapshot), before)
      assert.deepEqual(fold(events.slice(cut), fold(snapshot)), fold(events))
    }),
  ))

test('an event that could not be read again is not written', () => {
  const refused = { code: 'DRIVER_EVENT_FORMAT' }
  assert.throws(() => encodeEvents([cleaned(-Infinity)]), refused)
  assert.throws(() => encodeEvents([completed(NaN)]), refused)
  assert.throws(() => encodeEvents([{ type: 'other' } as unknown as DriverEvent]), refused)
})

test('bytes that are no event are refused, however near they are to one', () => {
  const refused = { code: 'DRIVER_EVENT_FORMAT' }
  const good = encodeEvents([added('a', 10)])
  for (let length = 0; length < good.length; length++)
    assert.throws(() => decodeEvents(good.subarray(0, length)), refused)
  const text = (value: unknown) => Buffer.from(`\u0001${JSON.stringify(value)}`)
  for (const value of [
    null,
    1,
    {},
    { type: 'toString' },
    { type: 'batchCompleted' },
    { type: 'batchCompleted', timeMs: '1' },
  ])
    for (const sent of [value, [value]]) assert.throws(() => decodeEvents(text(sent)), refused)
  assert.throws(() => decodeEvents(text([{ ...added('a'), received: { streamId: 0, block: { id: 'a' } } }])), refused)
  assert.throws(() => decodeEvents(Buffer.from('\u0002[]')), { code: 'FORMAT_TOO_NEW' })
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      try {
        decodeEvents(bytes)
      } catch (error) {
        assert.match((error as { code: string }).code, /DRIVER_EVENT_FORMAT|FORMAT_TOO_NEW/)
      }
    }),
  )
})

const open = async (options: Omit<DriverLogOptions, 'fence'>, epoch: number, snapshot?: DriverSnapshot) => {
  const found = await DriverLog.read(options, snapshot)
  return { log: await DriverLog.open({ ...options, fence: fenceOf(epoch) }, found), found }
}

/** Recovery keeps what a clean-up has let go. */
const uncleaned = (events: readonly DriverEvent[]) => events.filter(({ type }) => type !== 'batchesCleaned')

test('a restarted driver has the state of the one before, from the log alone or from a snapshot and the rest of it', () =>
  fc.assert(
    fc.asyncProperty(anyEvents, fc.nat(40), fc.boolean(), async (events, cut, clean) => {
      const fileSystem = new MemoryFileSystem()
      const clock = new ManualClock(1000)
      const options = { fileSystem, directory, clock, rollingIntervalMs: 10, cipher: aesGcm(Buffer.alloc(16)) }
      const { log } = await open(options, 1)
      let snapshot = log.snapshot()
      let kept: readonly DriverEvent[] = []
      for (const [i, event] of events.entries()) {
        await log.record([event])
        clock.advance(3)
        if (i !== cut) continue
        snapshot = log.snapshot()
        kept = events.slice(0, i + 1)
        if (clean) await log.clean(clock.now())
      }
      assert.deepEqual(log.state, fold(events))
      fileSystem.crash()
      const second = await open(options, 2, snapshot)
      const expected = fold(uncleaned(events.slice(kept.length)), snapshot.state)
      assert.deepEqual([second.log.state, second.found.report.missing], [expected, []])
      await second.log.record([completed(9000)])
      if (clean) return
      const third = await open(options, 3)
      assert.deepEqual(third.log.state, fold([...uncleaned(events), completed(9000)]))
    }),
    { numRuns: 50 },
  ))

test('a checkpoint that is not the newest still gets the blocks that were let go after it', async () => {
  const options = { fileSystem: new MemoryFileSystem(), directory, clock: new ManualClock(1000) }
  const { log } = await open(options, 1)
  await log.record([added('a', 10), allocated(1000, 'a'), submitted(1000)])
  const snapshot = log.snapshot()
  await log.record([completed(1000), cleaned(1000)])
  assert.equal(log.state.blocks.batches.size, 0)
  const { found } = await open(options, 2, snapshot)
  assert.deepEqual([...found.state.blocks.batches.keys()], [1000])
})

test('inputs of a changed program have the blocks and ranges of the keys that they had', () => {
  const started = (...inputs: string[]): DriverEvent => ({ type: 'runStarted', startedMs: 7, inputs })
  const of = (streamId: number, name: string): DriverEvent => ({
    type: 'blockAdded',
    received: { ...loggedBlock(name), streamId },
  })
  const range = (inputId: number): DriverEvent => ({ type: 'inputAllocated', timeMs: 1000, inputId, range: inputId })
  const events = [started('a', 'b', 'files'), of(0, 'x'), of(1, 'y'), range(2), allocated(1000, 'x'), started('files', 'new', 'b')] // prettier-ignore
  const { blocks, inputs } = fold(events)
  assert.deepEqual(blocks.unallocated, [{ ...loggedBlock('y'), streamId: 2 }])
  assert.deepEqual(blocks.batches.get(1000), [])
  assert.deepEqual(inputs.get(1000), new Map([[0, 2]]))
})

test('events that lie between a snapshot and the log that is left are missed', async () => {
  const clock = new ManualClock(1000)
  const options = { fileSystem: new MemoryFileSystem(), directory, clock, rollingIntervalMs: 10 }
  const { log } = await open(options, 1)
  const snapshot = log.snapshot()
  for (const timeMs of [1000, 2000, 3000]) {
    await log.record([submitted(timeMs)])
    clock.advance(10)
  }
  await log.clean(clock.now() - 10)
  const { found } = await open(options, 2, snapshot)
  assert.deepEqual(found.report.missing, [{ from: 1, to: 2 }])
})
