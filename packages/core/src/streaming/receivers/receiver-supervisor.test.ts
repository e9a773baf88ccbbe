import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRecords, linesOf } from '../../codec/index.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import type { FromReceiver } from './protocol.ts'
import { ReceiverSupervisor } from './receiver-supervisor.ts'
import { Receiver } from './receiver.ts'

const settings = {
  ...{ receiverMaxRestartDelayMs: 30_000, receiverHealthyAfterMs: 10_000, receiverMaxWaitingRecords: 1000 },
  ...{
    streamId: 3,
    blockIntervalMs: 200,
    blockQueueSize: 10,
    blockStoreTimeoutMs: 30_000,
    receiverRestartDelayMs: 2000,
  },
  ...{ receiverMaxBlockBytes: 2 ** 20, receiverMaxRatePerSecond: undefined },
}

class Recorded extends Receiver<unknown> {
  calls: string[] = []
  start: () => void | Promise<void> = () => {}
  end: () => void | Promise<void> = () => {}
  override onStart(): void | Promise<void> {
    this.calls.push('start')
    return this.start()
  }
  override onStop(): void | Promise<void> {
    this.calls.push('stop')
    return this.end()
  }
}

function supervised(receiver = new Recorded()) {
  const clock = new ManualClock(0)
  const told: FromReceiver[] = []
  const supervisor = new ReceiverSupervisor(receiver, settings, clock, message => told.push(message))
  const contents = (): unknown[][] =>
    told.flatMap(message =>
      message.type !== 'block'
        ? []
        : [message.block.format === 'lines' ? linesOf(message.block.bytes) : decodeRecords(message.block.bytes)],
    )
  return { receiver, clock, told, supervisor, contents, types: () => told.map(message => message.type) }
}

const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve()
}
const turn = (): Promise<void> => turns(5)

test('a receiver that is used before it is started says so', () => {
  assert.throws(() => new Recorded().store(1), {
    code: 'RECEIVER_NOT_STARTED',
    message: /^A ReceiverSupervisor has not been attached/,
  })
  assert.deepEqual([new Recorded().isStarted(), new Recorded().isStopped()], [false, false])
})

test('records stored one by one are cut into blocks, many are a block of their own that resolves when stored', async () => {
  const { receiver, supervisor, clock, contents, told } = supervised()
  supervisor.start()
  assert.equal(receiver.streamId, 3)
  await receiver.store('a')
  await receiver.storeOne(['k', 1])
  let stored = false
  const many = receiver.store([1, 2]).then(() => (stored = true))
  await turn()
  assert.equal(stored, false)
  supervisor.onMessage({ type: 'stored', number: 0 })
  await many
  void receiver.store([7, 8].values())
  clock.setTo(200)
  assert.deepEqual(contents(), [
    [1, 2],
    [7, 8],
    ['a', ['k', 1]],
  ])
  assert.ok(told.every(message => message.type !== 'block' || message.block.bytes.buffer instanceof SharedArrayBuffer))
})

test('lines can be stored as bytes, a half line at the end is a line', () => {
  class Lines extends Receiver<string> {
    override onStart(): void {
      void this.store(Buffer.from('a\nb'))
    }
    override onStop(): void {}
  }
  const told: FromReceiver[] = []
  new ReceiverSupervisor(new Lines(), settings, new ManualClock(0), message => told.push(message)).start()
  const block = told.flatMap(message => (message.type === 'block' ? [message.block] : []))[0]!
  assert.deepEqual([linesOf(block.bytes), block.records, block.format], [['a', 'b'], 2, 'lines'])
})

test('a refused block rejects for who waits, and ends nothing for who does not', async () => {
  const { receiver, supervisor, types } = supervised()
  supervisor.start()
  const waited = receiver.store([1])
  void receiver.store([2])
  supervisor.onMessage({ type: 'refused', number: 0, why: 'disk full' })
  supervisor.onMessage({ type: 'refused', number: 1, why: 'disk full' })
  await assert.rejects(waited, { code: 'BLOCK_NOT_STORED', message: /disk full/ })
  await turn()
  assert.deepEqual(types().filter(type => type === 'error'), ['error']) // prettier-ignore
})

test('a restart calls onStop, waits for the delay, and calls onStart', async () => {
  const { receiver, supervisor, clock, told } = supervised()
  supervisor.start()
  receiver.restart('lost it', new Error('reset'), 500)
  assert.deepEqual([receiver.calls, receiver.isStopped()], [['start', 'stop'], true])
  clock.setTo(499)
  assert.equal(receiver.calls.length, 2)
  clock.setTo(500)
  assert.deepEqual([receiver.calls, receiver.isStarted()], [['start', 'stop', 'start'], true])
  assert.deepEqual(told.map(message => message.type), ['started', 'restarting', 'started']) // prettier-ignore
})

test('restarting inside of onStart does not nest', () => {
  const { receiver, supervisor, clock } = supervised()
  receiver.start = () => receiver.restart('at once')
  supervisor.start()
  clock.setTo(6000)
  assert.deepEqual(receiver.calls, ['start', 'stop', 'start', 'stop', 'start', 'stop'])
})

test('what onStart throws, and the rejection of its promise, restart it and are told with a count', async () => {
  const { receiver, supervisor, clock, told } = supervised()
  receiver.start = () => {
    throw new Error('no')
  }
  supervisor.start()
  clock.setTo(2000)
  receiver.start = () => Promise.reject(new Error('later'))
  clock.setTo(6000)
  await turn()
  const restarts = told.flatMap(message =>
    message.type === 'restarting' ? [[message.message, message.error?.message, message.count]] : [],
  )
  assert.deepEqual(restarts, [['Error starting receiver', 'no', 1], ['Error starting receiver', 'no', 2], ['Error starting receiver', 'later', 1]]) // prettier-ignore
})

test('an onStart that is the loop itself runs, and is stopped', async () => {
  const { receiver, supervisor, types } = supervised()
  receiver.start = () => new Promise(() => {})
  supervisor.start()
  assert.equal(receiver.isStarted(), true)
  receiver.stop('enough')
  await turn()
  assert.deepEqual(types(), ['started', 'stopped'])
  await supervisor.ended
})

test('a stop hands on what was stored, waits for the answers, and then ends', async () => {
  const { receiver, supervisor, types, contents } = supervised()
  receiver.end = () => void receiver.store('last words')
  supervisor.start()
  void receiver.store('a')
  supervisor.onMessage({ type: 'stop', message: 'Stopped by driver' })
  await turn()
  assert.deepEqual([contents(), types()], [[['a', 'last words']], ['started', 'block']])
  supervisor.onMessage({ type: 'stored', number: 0 })
  await supervisor.ended
  assert.deepEqual(types(), ['started', 'block', 'stopped'])
  await receiver.store('too late')
  await assert.rejects(receiver.store(['too late']), { code: 'RECEIVER_STOPPED' })
})

test('an onStop that throws is told, and the receiver ends all the same', async () => {
  const { receiver, supervisor, types } = supervised()
  receiver.end = () => Promise.reject(new Error('stuck'))
  supervisor.start()
  receiver.stop('enough', new Error('why'))
  await supervisor.ended
  assert.deepEqual(types(), ['started', 'error', 'stopped'])
})

test('an error that is reported again and again is told at its first, tenth, hundredth time', () => {
  const { receiver, supervisor, told } = supervised()
  supervisor.start()
  for (let i = 0; i < 150; i++) receiver.reportError('bad record', new Error('parse'))
  receiver.reportError('other')
  assert.deepEqual(told.flatMap(message => (message.type === 'error' ? [[message.message, message.count]] : [])), [['bad record', 1], ['bad record', 10], ['bad record', 100], ['other', 1]]) // prettier-ignore
})

test('while the driver asks for a pause, a reliable store waits, however long it lasts, and keeps its order', async () => {
  const { receiver, supervisor, clock, contents, types } = supervised()
  supervisor.start()
  supervisor.onMessage({ type: 'pause', paused: true })
  const stored = Promise.all([receiver.store([1]), receiver.store([2])])
  clock.setTo(600_000)
  assert.deepEqual(types(), ['started'])
  supervisor.onMessage({ type: 'pause', paused: false })
  assert.deepEqual(contents(), [[1], [2]])
  for (const number of [0, 1]) supervisor.onMessage({ type: 'stored', number })
  await stored
})

test('who stores many without waiting is refused when more waits than a full queue of blocks', async () => {
  const { receiver, supervisor, contents } = supervised()
  supervisor.start()
  supervisor.onMessage({ type: 'pause', paused: true })
  const megabytes = (n: number): Uint8Array => Buffer.alloc(n * 2 ** 20, 'x')
  const first = (receiver as Receiver<unknown>).store(megabytes(9) as never)
  const refused = (receiver as Receiver<unknown>).store(megabytes(2) as never)
  await assert.rejects(refused, { code: 'BLOCK_NOT_STORED', message: /1 blocks wait already/ })
  supervisor.onMessage({ type: 'pause', paused: false })
  supervisor.onMessage({ type: 'stored', number: 0 })
  await first
  assert.equal(contents().length, 1)
})

test('who stores records one by one without waiting has them dropped at the bound, which is told with a count; who waits loses none', async () => {
  const { receiver, supervisor, clock, contents, told } = supervised()
  supervisor.start()
  supervisor.onMessage({ type: 'rate', recordsPerSecond: 100 })
  for (let i = 0; i < 1000; i++) void receiver.store(i)
  await assert.rejects(receiver.store('too many'), { code: 'RECORD_DROPPED' })
  for (let i = 1; i < 10; i++) void receiver.store('too many')
  const errors = told.flatMap(message => (message.type === 'error' ? [[message.message, message.count]] : []))
  assert.deepEqual(errors, [['Records were dropped', 1], ['Records were dropped', 10]]) // prettier-ignore
  clock.setTo(200)
  assert.ok(!contents().flat().includes('too many'))
})

test('who waits for store() has nothing dropped, whatever the rate', async () => {
  const { receiver, supervisor, clock, contents, told } = supervised()
  supervisor.start()
  supervisor.onMessage({ type: 'rate', recordsPerSecond: 100 })
  let stored = 0
  const feed = (async () => {
    for (; stored < 2000; stored++) await receiver.store(stored)
  })()
  for (let tick = 1; tick <= 200 && stored < 2000; tick++) {
    clock.setTo(tick * 200)
    supervisor.onMessage({ type: 'stored', number: tick - 1 })
    await turns(100)
  }
  await feed
  clock.advance(200)
  assert.deepEqual(
    contents().flat(),
    Array.from({ length: 2000 }, (_, i) => i),
  )
  assert.ok(told.every(({ type }) => type !== 'error'))
})

test('an onStop that never ends holds up no stop; at a restart the thread is given up', async () => {
  const stops = supervised()
  stops.receiver.end = () => new Promise(() => {})
  stops.supervisor.start()
  void stops.receiver.store('a')
  stops.supervisor.onMessage({ type: 'stop', message: 'Stopped by driver' })
  stops.clock.setTo(10_000)
  stops.supervisor.onMessage({ type: 'stored', number: 0 })
  await stops.supervisor.ended
  assert.deepEqual([stops.types()[0], stops.types().at(-1)], ['started', 'stopped'])
  assert.deepEqual(stops.contents(), [['a']])
  const restarts = supervised()
  restarts.receiver.end = () => new Promise(() => {})
  restarts.supervisor.start()
  restarts.receiver.restart('odd')
  restarts.clock.setTo(10_000)
  await restarts.supervisor.ended
  assert.deepEqual(restarts.types(), ['started', 'restarting', 'error'])
})
