import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeRecords } from '../../codec/index.ts'
import type { Engine, LongRunningTask } from '../../engine/engine.ts'
import type { BytesOnDisk } from '../../rdd/plan/source-spec.ts'
import { createLog } from '../../logging/logger.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import type { BlockEvent, PlaceInLog } from '../blocks/received-blocks.ts'
import type { StreamingEvent } from '../events/streaming-listener.ts'
import type { FromReceiver, ToReceiver } from './protocol.ts'
import { customReceiver } from './receiver-spec.ts'
import type { RecordEvent } from './received-data.ts'
import { ReceiverTracker } from './receiver-tracker.ts'
import { Receiver } from './receiver.ts'

const settings = {
  ...{ receiverMaxRestartDelayMs: 30_000, receiverHealthyAfterMs: 10_000, receiverMaxWaitingRecords: 1000 },
  ...{ blockIntervalMs: 200, blockQueueSize: 10, blockStoreTimeoutMs: 30_000, receiverRestartDelayMs: 2000 },
  ...{ receiverMaxBlockBytes: 2 ** 20, receiverMaxRatePerSecond: undefined, receiverMaxUnprocessedBytes: 1000 },
  receiverMemoryBytes: 2 ** 20,
}

interface Given {
  readonly record?: RecordEvent
  readonly engine?: Pick<Engine, 'storeBlock' | 'dropBlock'>
  readonly settings?: Partial<typeof settings>
  readonly storageLevel?: StorageLevel
}

/** Threads that a test plays itself. */
function tracked(given: Given = {}) {
  const { record, storageLevel = StorageLevel.MEMORY_ONLY } = given
  const clock = new ManualClock(0)
  const threads: { task: LongRunningTask; got: ToReceiver[]; terminated: boolean }[] = []
  let fault: Error | undefined
  const failLaunch = (error: Error | undefined): void => void (fault = error)
  const engine = {
    ...given.engine,
    launch: (task: LongRunningTask) => {
      if (fault !== undefined) throw fault
      const thread = { task, got: [] as ToReceiver[], terminated: false }
      threads.push(thread)
      return {
        send: (data: unknown) => void thread.got.push(data as ToReceiver),
        terminate: async () => {
          thread.terminated = true
          task.onEnd(undefined)
        },
      }
    },
  }
  const events: StreamingEvent[] = []
  const lines: string[] = []
  const log = createLog({ clock, sink: line => lines.push(line) })
  const tracker = new ReceiverTracker({
    engine,
    clock,
    settings: { ...settings, ...given.settings },
    logger: log.logger('T'),
    emit: event => events.push(event),
    ...(record && { record }),
  })
  const say = (message: FromReceiver, thread = threads.at(-1)!): void =>
    thread.task.onMessage({ kind: 'data', data: message })
  const block = (number: number, bytes = 10, thread = threads.at(-1)!): void =>
    thread.task.onMessage({
      kind: 'block',
      metadata: { number },
      block: { id: `b${number}`, bytes: new Uint8Array(new SharedArrayBuffer(bytes)), records: 1, format: 'lines' },
    })
  const spec = {
    name: 'Played',
    storageLevel,
    where: { thread: 'own', make: { kind: 'builtin', name: 'none', functions: [], data: [] } },
  } as const
  tracker.add(4, spec)
  const ids = (timeMs: number): string[] => tracker.blocksOf(timeMs, 4).map(({ id }) => id)
  return { clock, tracker, threads, events, lines, say, block, ids, spec, failLaunch }
}

const turn = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

test('blocks are answered and belong to the next batch', () => {
  const { tracker, block, threads, ids } = tracked()
  tracker.start()
  block(0)
  block(1)
  assert.equal(tracker.hasUnallocated(), true)
  tracker.allocate(1000)
  block(2)
  tracker.allocate(2000)
  assert.deepEqual([ids(1000), ids(2000), tracker.hasUnallocated()], [['b0', 'b1'], ['b2'], false])
  assert.deepEqual(threads[0]!.got, [0, 1, 2].map(number => ({ type: 'stored', number }))) // prettier-ignore
  tracker.release(1000)
  assert.deepEqual([ids(1000), ids(2000)], [[], ['b2']])
})

test('with a log, a block is answered and belongs to a batch only once it is written; one that is not is refused', async () => {
  const writes: PromiseWithResolvers<void>[] = []
  const { tracker, block, threads } = tracked({
    record: event => {
      if (event.type !== 'blockAdded') return Promise.resolve()
      writes.push(Promise.withResolvers())
      return writes.at(-1)!.promise
    },
  })
  tracker.start()
  block(0)
  block(1)
  assert.equal(tracker.hasUnallocated(), false)
  writes[0]!.resolve()
  writes[1]!.reject(new Error('disk full'))
  await turn()
  assert.equal(tracker.hasUnallocated(), true)
  assert.deepEqual(threads[0]!.got, [{ type: 'stored', number: 0 }, { type: 'refused', number: 1, why: 'disk full' }]) // prettier-ignore
})

test('listeners hear of starts, errors and stops, with the last error', () => {
  const { tracker, say, events, clock } = tracked()
  tracker.start()
  say({ type: 'started' })
  clock.setTo(77)
  say({ type: 'error', message: 'odd', count: 1 })
  say({
    type: 'restarting',
    message: 'lost',
    error: { name: 'Error', message: 'reset', stack: 'Error: reset at x' },
    count: 1,
    delayMs: 2000,
  })
  say({ type: 'started' })
  const seen = events.map(event =>
    event.type.startsWith('receiver') && 'receiverInfo' in event
      ? [event.type, event.receiverInfo.active, event.receiverInfo.lastErrorMessage, event.receiverInfo.lastErrorTime]
      : event.type,
  )
  assert.deepEqual(seen, [['receiverStarted', true, '', -1], ['receiverError', true, 'odd', 77], ['receiverStopped', false, 'lost', 77], ['receiverStarted', true, 'lost', 77]]) // prettier-ignore
  const info = events.at(-1)!
  assert.ok(
    'receiverInfo' in info && info.receiverInfo.lastError === 'Error: reset at x' && info.receiverInfo.streamId === 4,
  )
})

test('a cause that repeats is logged at its first and tenth time', () => {
  const { tracker, say, lines } = tracked()
  tracker.start()
  for (let count = 1; count <= 20; count++)
    say({
      type: 'restarting',
      message: 'Error connecting to h:1',
      error: { name: 'Error', message: '', code: 'ECONNREFUSED' },
      count,
      delayMs: 2000,
    })
  assert.equal(lines.length, 2)
  assert.match(
    lines[0]!,
    /WARN T: Played\[4\]: Restarting receiver with delay 2000 ms: Error connecting to h:1: ECONNREFUSED\n$/,
  )
  assert.match(lines[1]!, /\(10 times by now\)/)
})

test('a receiver whose thread dies gets a new one after the delay, and keeps what it had stored', () => {
  const { tracker, threads, block, clock, ids, events } = tracked()
  tracker.start()
  block(0)
  threads[0]!.task.onEnd(new Error('out of memory'))
  clock.setTo(1999)
  assert.equal(threads.length, 1)
  clock.setTo(2000)
  assert.equal(threads.length, 2)
  block(0)
  tracker.allocate(3000)
  assert.deepEqual(ids(3000), ['b0', 'b0'])
  assert.deepEqual(threads[1]!.got, [{ type: 'stored', number: 0 }])
  const [event] = events
  assert.ok(event?.type === 'receiverStopped' && event.receiverInfo.lastError.includes('out of memory'))
})

test('a receiver that stopped for good is not started again', () => {
  const { tracker, threads, say, clock } = tracked()
  tracker.start()
  say({ type: 'stopped', message: 'enough' })
  threads[0]!.task.onEnd(undefined)
  clock.setTo(60_000)
  assert.deepEqual([threads.length, tracker.statuses()[0]!.phase], [1, 'stopped'])
})

test('receivers wait while too much is unprocessed, and go on when batches have caught up', () => {
  const { tracker, threads, block } = tracked()
  const pauses = (): unknown[] => threads[0]!.got.flatMap(message => (message.type === 'pause' ? [message.paused] : []))
  tracker.start()
  block(0, 600)
  tracker.allocate(1000)
  block(1, 600)
  assert.deepEqual(pauses(), [true])
  tracker.allocate(2000)
  tracker.completed(1000)
  assert.deepEqual(pauses(), [true, false])
})

test('what windows keep does not make receivers wait', () => {
  const { tracker, threads, block } = tracked()
  tracker.start()
  for (let batch = 1; batch <= 10; batch++) {
    block(batch, 600)
    tracker.allocate(batch * 1000)
    tracker.completed(batch * 1000)
  }
  assert.equal(tracker.blocksOf(1000, 4).length, 1)
  assert.ok(threads[0]!.got.every(message => message.type !== 'pause'))
})

test('a graceful stop waits until the receiver has ended', async () => {
  const { tracker, threads, say, clock } = tracked()
  tracker.start()
  let over = false
  const stopped = tracker.stop(true).then(() => (over = true))
  assert.deepEqual(threads[0]!.got.at(-1), { type: 'stop', message: 'Stopped by driver' })
  clock.setTo(60_000)
  await turn()
  assert.equal(over, false)
  say({ type: 'stopped', message: 'Stopped by driver' })
  threads[0]!.task.onEnd(undefined)
  await stopped
})

test('a stop that is not graceful ends a receiver that hangs after a second', async () => {
  const { tracker, threads, clock } = tracked()
  tracker.start()
  const stopped = tracker.stop(false)
  clock.setTo(1000)
  await stopped
  assert.equal(threads[0]!.terminated, true)
})

test('a stop while a receiver waits for its new thread starts none', async () => {
  const { tracker, threads, clock } = tracked()
  tracker.start()
  threads[0]!.task.onEnd(new Error('gone'))
  await tracker.stop(true)
  clock.setTo(60_000)
  assert.equal(threads.length, 1)
})

test('a receiver may run in the driver: alive, and on the driver’s clock', async () => {
  const { tracker, clock, events } = tracked()
  class InDriver extends Receiver<string> {
    override onStart(): void {
      void this.store('early')
    }
    override onStop(): void {}
  }
  const receiver = new InDriver()
  tracker.add(5, customReceiver(receiver as Receiver<never>, { thread: 'main' }))
  tracker.start()
  void receiver.store('a')
  clock.setTo(200)
  tracker.allocate(1000)
  assert.deepEqual(tracker.blocksOf(1000, 5).map(block => Buffer.from(block.bytes as Uint8Array).equals(Buffer.from(encodeRecords(['early', 'a'])))), [true]) // prettier-ignore
  assert.ok(events.some(event => event.type === 'receiverStarted' && event.receiverInfo.name === 'InDriver'))
})

test('a thread that takes the place of one that died begins with the last rate limit', () => {
  const { tracker, threads, clock } = tracked()
  tracker.start()
  tracker.updateRate(4, 250)
  assert.deepEqual(threads[0]!.got, [{ type: 'rate', recordsPerSecond: 250 }])
  threads[0]!.task.onEnd(new Error('gone'))
  clock.advance(settings.receiverRestartDelayMs)
  const [, given] = threads.map(({ task }) => (task.f as { readonly data: readonly unknown[] }).data[0])
  assert.equal((given as { receiverMaxRatePerSecond?: number }).receiverMaxRatePerSecond, 250)
})

test('what a thread that died had handed on is not answered to its successor, which counts blocks anew', async () => {
  const writes: PromiseWithResolvers<void>[] = []
  const record = (event: BlockEvent): Promise<void> => {
    if (event.type !== 'blockAdded') return Promise.resolve()
    writes.push(Promise.withResolvers())
    return writes.at(-1)!.promise
  }
  const { tracker, threads, clock, block } = tracked({ record })
  tracker.start()
  threads[0]!.task.onEnd(new Error('gone'))
  block(0)
  clock.advance(2000)
  block(0)
  writes[0]!.resolve()
  await turn()
  assert.deepEqual(threads[1]!.got, [])
  writes[1]!.resolve()
  await turn()
  assert.deepEqual(threads[1]!.got, [{ type: 'stored', number: 0 }])
})

test('a thread that cannot be started in place of one that died is tried again', () => {
  const { tracker, threads, clock, events, failLaunch } = tracked()
  tracker.start()
  threads[0]!.task.onEnd(new Error('gone'))
  failLaunch(new Error('no thread left'))
  clock.advance(2000)
  failLaunch(undefined)
  clock.advance(4000)
  const told = events.flatMap(event => ('receiverInfo' in event ? [event.receiverInfo.lastError] : []))
  assert.deepEqual([threads.length, told.map(text => text.split('\n')[0])], [2, ['Error: gone', 'Error: no thread left']]) // prettier-ignore
})

test('threads that die in a row are replaced after twice as long each time; one that stored something, after the first delay again', () => {
  const { tracker, threads, clock, block, events } = tracked()
  tracker.start()
  const replacedAfter = (): number => {
    const [before, dead] = [clock.now(), threads.length]
    threads.at(-1)!.task.onEnd(new Error('gone'))
    while (threads.length === dead) clock.advance(1000)
    return clock.now() - before
  }
  const delays = [replacedAfter(), replacedAfter(), replacedAfter()]
  block(0)
  assert.deepEqual([...delays, replacedAfter()], [2000, 4000, 8000, 2000])
  assert.equal(events.length, 4)
})

test('an onStart that does not return is told once, and the receiver can still be stopped', async () => {
  const { tracker, threads, clock, events, lines } = tracked()
  tracker.start()
  clock.advance(120_000)
  assert.deepEqual(events.map(({ type }) => type), ['receiverError']) // prettier-ignore
  assert.match(lines[0]!, /onStart has not returned after 30000 ms/)
  const stopped = tracker.stop(false)
  clock.advance(1000)
  await stopped
  assert.equal(threads[0]!.terminated, true)
})

/** A disk that a test plays: what is written, and a fault while there is one. */
function played() {
  const files = new Map<string, Uint8Array>()
  const disk = { fault: undefined as Error | undefined, files, writes: 0 }
  const storeBlock = async (bytes: Uint8Array): Promise<BytesOnDisk> => {
    await Promise.resolve()
    if (disk.fault !== undefined) throw disk.fault
    const path = `/block-${disk.writes++}`
    files.set(path, bytes.slice())
    return { path, start: 0, length: bytes.length, crc32: 0 }
  }
  return { disk, storeBlock, dropBlock: ({ path }: BytesOnDisk): void => void files.delete(path) }
}

function withMemory(storageLevel: StorageLevel, receiverMemoryBytes: number) {
  const { disk, storeBlock, dropBlock } = played()
  const test = tracked({ engine: { storeBlock, dropBlock }, settings: { receiverMemoryBytes, receiverMaxUnprocessedBytes: 1e9 }, storageLevel }) // prettier-ignore
  test.tracker.start()
  const inMemory = (timesMs: readonly number[]): number =>
    timesMs
      .flatMap(timeMs => test.tracker.blocksOf(timeMs, 4))
      .reduce((sum, { bytes }) => sum + (bytes instanceof Uint8Array ? bytes.length : 0), 0)
  const pauses = (): unknown[] =>
    test.threads[0]!.got.flatMap(message => (message.type === 'pause' ? [message.paused] : []))
  const answers = (): number => test.threads[0]!.got.filter(({ type }) => type === 'stored').length
  return { ...test, disk, inMemory, pauses, answers }
}

test('a receiver that outruns the batches keeps memory within its bound: blocks go to disk, none is lost, their order stays, and no file is left', async () => {
  const { tracker, block, ids, disk, inMemory, pauses, answers } = withMemory(StorageLevel.MEMORY_AND_DISK_SER_2, 1000)
  const times = Array.from({ length: 50 }, (_, i) => (i + 1) * 1000)
  let number = 0
  for (const timeMs of times) {
    for (let i = 0; i < 4; i++) block(number++, 100)
    await turn()
    tracker.allocate(timeMs)
    assert.ok(inMemory(times) <= 1000)
  }
  assert.equal(answers(), 200)
  assert.deepEqual(
    times.flatMap(ids),
    Array.from({ length: 200 }, (_, i) => `b${i}`),
  )
  assert.deepEqual([disk.files.size, pauses()], [190, []])
  for (const timeMs of times) tracker.release(timeMs)
  await turn()
  assert.equal(disk.files.size, 0)
})

test('what has been processed and is only looked back on makes room for what comes', async () => {
  const { tracker, block, inMemory, disk } = withMemory(StorageLevel.MEMORY_AND_DISK, 1000)
  for (let batch = 1; batch <= 5; batch++) {
    block(batch, 600)
    await turn()
    tracker.allocate(batch * 1000)
    tracker.completed(batch * 1000)
  }
  assert.deepEqual([inMemory([1000, 2000, 3000, 4000]), inMemory([5000]), disk.files.size], [0, 600, 4])
})

test('of a stream that may not use the disk the receiver waits instead, until memory is free', async () => {
  const { tracker, block, pauses, disk } = withMemory(StorageLevel.MEMORY_ONLY_2, 1000)
  block(0, 600)
  block(1, 600)
  assert.deepEqual(pauses(), [true])
  tracker.allocate(1000)
  tracker.completed(1000)
  assert.deepEqual(pauses(), [true])
  tracker.release(1000)
  assert.deepEqual([pauses(), disk.writes], [[true, false], 0])
})

test('of a stream that may not use memory every block goes to disk before it is answered', async () => {
  const { tracker, block, inMemory, disk, answers } = withMemory(StorageLevel.DISK_ONLY, 1000)
  block(0, 10)
  assert.equal(answers(), 0)
  await turn()
  tracker.allocate(1000)
  assert.deepEqual([answers(), inMemory([1000]), disk.files.size], [1, 0, 1])
})

test('while the disk is full blocks stay in memory and receivers wait; then they go on, and nothing is lost', async () => {
  const { tracker, block, ids, pauses, disk, lines } = withMemory(StorageLevel.MEMORY_AND_DISK, 1000)
  disk.fault = new Error('ENOSPC')
  block(0, 900)
  block(1, 900)
  await turn()
  assert.deepEqual(pauses(), [true])
  assert.match(lines.join(''), /could not be put on disk: ENOSPC/)
  disk.fault = undefined
  tracker.allocate(1000)
  tracker.completed(1000)
  tracker.release(1000)
  assert.deepEqual(pauses(), [true, false])
  block(2, 900)
  block(3, 900)
  await turn()
  tracker.allocate(2000)
  assert.deepEqual([ids(2000), disk.files.size], [['b2', 'b3'], 1])
})

test('when the disk has room again receivers go on with the next batch, though windows still look back on every block', async () => {
  const { tracker, block, ids, pauses, disk } = withMemory(StorageLevel.MEMORY_AND_DISK, 1000)
  disk.fault = new Error('ENOSPC')
  block(0, 900)
  block(1, 900)
  await turn()
  tracker.allocate(1000)
  tracker.completed(1000)
  await turn()
  assert.deepEqual(pauses(), [true])
  disk.fault = undefined
  tracker.completed(2000)
  await turn()
  assert.deepEqual([pauses(), ids(1000), disk.files.size], [[true, false], ['b0', 'b1'], 1])
})

test('when the disk does not answer receivers wait before twice the memory is taken', async () => {
  const { disk, storeBlock, dropBlock } = played()
  const hangs = Promise.withResolvers<void>()
  const engine = { storeBlock: (bytes: Uint8Array<SharedArrayBuffer>) => hangs.promise.then(() => storeBlock(bytes)), dropBlock } // prettier-ignore
  const { tracker, block, threads } = tracked({ engine, settings: { receiverMemoryBytes: 1000, receiverMaxUnprocessedBytes: 1e9 }, storageLevel: StorageLevel.MEMORY_AND_DISK }) // prettier-ignore
  tracker.start()
  const pauses = (): unknown[] => threads[0]!.got.flatMap(message => (message.type === 'pause' ? [message.paused] : [])) // prettier-ignore
  for (let i = 0; i < 20; i++) block(i, 100)
  assert.deepEqual(pauses(), [])
  block(20, 100)
  assert.deepEqual(pauses(), [true])
  hangs.resolve()
  await turn()
  assert.deepEqual([pauses(), disk.files.size], [[true, false], 11])
})

test('a block that is released while it is being written leaves no file', async () => {
  const { tracker, block, disk } = withMemory(StorageLevel.DISK_ONLY, 1000)
  block(0, 10)
  tracker.allocate(1000)
  tracker.release(1000)
  await turn()
  assert.deepEqual([disk.writes, disk.files.size], [1, 0])
})

test('what the log has needs no other file: under pressure its bytes leave memory and are read there, whatever the level', async () => {
  const { disk, storeBlock, dropBlock } = played()
  const record = async (event: BlockEvent): Promise<PlaceInLog | undefined> =>
    event.type === 'blockAdded' ? { path: `/log/${event.received.block.id}`, start: 40, length: 600 } : undefined
  const given = { settings: { receiverMemoryBytes: 1000, receiverMaxUnprocessedBytes: 1e9 }, engine: { storeBlock, dropBlock } } // prettier-ignore
  const { tracker, block, threads } = tracked({ ...given, record, storageLevel: StorageLevel.MEMORY_ONLY })
  tracker.start()
  for (let i = 0; i < 4; i++) block(i, 600)
  await turn()
  tracker.allocate(1000)
  const places = tracker.blocksOf(1000, 4).map(({ bytes }) => (bytes instanceof Uint8Array ? 'memory' : `${bytes.path} ${bytes.start} ${bytes.length}`)) // prettier-ignore
  assert.deepEqual(places, ['memory', '/log/b1 40 600', '/log/b2 40 600', '/log/b3 40 600'])
  tracker.release(1000)
  assert.deepEqual([disk.writes, threads[0]!.got.filter(({ type }) => type === 'pause')], [0, []])
})
