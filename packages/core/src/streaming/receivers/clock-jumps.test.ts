import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeRecords } from '../../codec/index.ts'
import { MemoryFileSystem } from '../../storage/index.ts'
import { DirectoryFence } from '../../storage/fence/index.ts'
import { ManualClock } from '../../time/index.ts'
import { WriteAheadLog } from '../write-ahead-log/index.ts'
import type { FromReceiver } from './protocol.ts'
import { ReceiverSupervisor } from './receiver-supervisor.ts'
import { Receiver } from './receiver.ts'

const hourMs = 3_600_000
const settings = {
  ...{ streamId: 1, blockIntervalMs: 200, blockQueueSize: 1000, blockStoreTimeoutMs: 30_000 },
  ...{ receiverRestartDelayMs: 2000, receiverMaxBlockBytes: 2 ** 20 },
  ...{ receiverMaxRestartDelayMs: 30_000, receiverHealthyAfterMs: 10_000, receiverMaxWaitingRecords: 0 },
}

class Source extends Receiver<number> {
  starts = 0
  override onStart(): void {
    this.starts++
  }
  override onStop(): void {}
}

/** A receiver whose blocks are taken as soon as they come. */
function supervised(receiverMaxRatePerSecond?: number) {
  const clock = new ManualClock(10 * hourMs)
  const receiver = new Source()
  const blocks: { readonly elapsedMs: number; readonly records: readonly unknown[] }[] = []
  const take = (message: FromReceiver): void => {
    if (message.type !== 'block') return
    blocks.push({ elapsedMs: clock.elapsed(), records: decodeRecords(message.block.bytes) })
    supervisor.onMessage({ type: 'stored', number: message.number })
  }
  const supervisor = new ReceiverSupervisor(receiver, { ...settings, receiverMaxRatePerSecond }, clock, take)
  supervisor.start()
  return { clock, receiver, blocks }
}

for (const jumpMs of [-hourMs, -150, 150, hourMs]) {
  test(`a block is cut within its interval though the clock jumps by ${jumpMs} ms`, () => {
    const { clock, receiver, blocks } = supervised()
    clock.advance(50)
    void receiver.store(1)
    clock.jump(jumpMs)
    clock.advance(150)
    assert.deepEqual(blocks, [{ elapsedMs: 200, records: [1] }])
  })

  test(`a receiver restarts after its delay though the clock jumps by ${jumpMs} ms`, async () => {
    const { clock, receiver } = supervised()
    receiver.restart('try again')
    for (let i = 0; i < 20; i++) await Promise.resolve()
    clock.jump(jumpMs)
    clock.advance(1999)
    assert.equal(receiver.starts, 1)
    clock.advance(1)
    assert.equal(receiver.starts, 2)
  })
}

test('no jump of the clock lets more records through than the rate allows in the time that passes', () => {
  const move = fc.oneof(
    fc.record({ passMs: fc.integer({ min: 0, max: 1000 }) }),
    fc.record({ jumpMs: fc.constantFrom(-hourMs, hourMs, -300, 300) }),
  )
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), moves => {
      const { clock, receiver, blocks } = supervised(100)
      for (let i = 0; i < 3000; i++) void receiver.store(i)
      for (const next of moves) {
        if ('passMs' in next) clock.advance(next.passMs)
        else clock.jump(next.jumpMs)
        const through = blocks.reduce((sum, { records }) => sum + records.length, 0)
        // Twenty records an interval of 200 ms: those of the one that has begun, and what was saved up for it.
        assert.ok(through <= clock.elapsed() / 10 + 20, `${through} records in ${clock.elapsed()} ms`)
        assert.ok(through >= Math.floor(clock.elapsed() / 200) * 20 - 40, `only ${through} in ${clock.elapsed()} ms`)
      }
    }),
    { numRuns: 50 },
  )
})

test('a log that is written, rolled, cleaned and opened again while the clock jumps has every record that is needed', async () => {
  const step = fc.oneof(
    fc.record({ passMs: fc.integer({ min: 0, max: 90_000 }) }),
    fc.record({ jumpMs: fc.constantFrom(-hourMs, hourMs, -500, 500) }),
    fc.constantFrom('append', 'append', 'append', 'clean', 'reopen'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async steps => {
      const fileSystem = new MemoryFileSystem()
      const clock = new ManualClock(10 * hourMs)
      let epoch = 0
      const open = () =>
        WriteAheadLog.open({
          ...{ fileSystem, directory: '/log', clock, rollingIntervalMs: 60_000 },
          fence: { epoch: ++epoch, check: async () => undefined },
        })
      let log = await open()
      let needed: Awaited<ReturnType<typeof log.append>>[] = []
      for (const next of steps) {
        if (next === 'append') needed.push(await log.append(new Uint8Array([needed.length])))
        else if (next === 'clean') {
          // What came before the newest three is not needed any more.
          needed = needed.slice(-3)
          await log.clean(Math.min(clock.now(), ...needed.map(({ timeMs }) => timeMs)))
        } else if (next === 'reopen') {
          await log.close()
          log = await open()
        } else if ('passMs' in next) clock.advance(next.passMs)
        else clock.jump(next.jumpMs)
        for (const handle of needed) await log.read(handle)
      }
      const { records } = await log.readAll()
      const found = records.map(({ handle }) => handle.sequence)
      assert.deepEqual(found.slice(found.length - needed.length), needed.map(({ sequence }) => sequence)) // prettier-ignore
      await log.close()
    }),
    { numRuns: 60 },
  )
})

test('a holder renews its lease three times a lease, whatever its clock does', async () => {
  const fileSystem = new MemoryFileSystem()
  const clock = new ManualClock(10 * hourMs)
  const fence = await DirectoryFence.acquire({ fileSystem, directory: '/d', clock })
  const renewedMs = async (): Promise<number> => {
    const reader = await fileSystem.open('/d/.fence/lease-1')
    const text = Buffer.from(await reader.read(0, reader.length)).toString()
    await reader.close()
    return (JSON.parse(text) as { renewedMs: number }).renewedMs
  }
  for (const jumpMs of [-hourMs, hourMs, -hourMs]) {
    clock.jump(jumpMs)
    clock.advance(10_000)
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(await renewedMs(), clock.now())
  }
  await fence.release()
})
