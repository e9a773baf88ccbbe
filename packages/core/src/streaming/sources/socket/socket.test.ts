import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { after, test } from 'node:test'
import { decodeRecords, linesOf } from '../../../codec/index.ts'
import { Instantiator } from '../../../closures/index.ts'
import type { TaskFunction } from '../../../closures/closure.ts'
import { SystemClock } from '../../../time/system-clock.ts'
import type { FromReceiver, ReceiverSettings } from '../../receivers/protocol.ts'
import '../../receivers/builtins.ts'
import { rawSocketReceiver } from '../../receivers/receiver-spec.ts'
import { ReceiverSupervisor } from '../../receivers/receiver-supervisor.ts'
import type { Receiver } from '../../receivers/receiver.ts'
import { rawBlock } from './raw-blocks.ts'
import { SocketReceiver } from './socket-receiver.ts'
import { SocketTextReceiver } from './socket-text-receiver.ts'

const settings: ReceiverSettings = {
  ...{ streamId: 0, blockIntervalMs: 5, blockQueueSize: 10, blockStoreTimeoutMs: 5_000, receiverRestartDelayMs: 5 },
  ...{ receiverMaxBlockBytes: 2 ** 20, receiverMaxRatePerSecond: undefined, receiverMaxWaitingRecords: 0 },
  ...{ receiverMaxRestartDelayMs: 5, receiverHealthyAfterMs: 10_000 },
}

const closers: (() => Promise<void>)[] = []
after(() => Promise.all(closers.map(close => close())))

/** A server on loopback: `onConnection` gets each connection and its number, from 1. */
async function serve(onConnection: (socket: Socket, number: number) => void, port = 0): Promise<number> {
  let connections = 0
  const open = new Set<Socket>()
  const server: Server = createServer(socket => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket)).resume() // prettier-ignore
    onConnection(socket, ++connections)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    for (const socket of open) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** Runs a receiver until what it told satisfies `enough`; everything it told. */
async function receive(
  receiver: Receiver<never>,
  enough: (told: readonly FromReceiver[]) => boolean,
  with_: Partial<ReceiverSettings> & { unanswered?: () => Promise<void> } = {},
): Promise<FromReceiver[]> {
  const told: FromReceiver[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const supervisor = new ReceiverSupervisor(receiver, { ...settings, ...with_ }, new SystemClock(), message => {
    told.push(message)
    if (message.type === 'block' && with_.unanswered === undefined)
      queueMicrotask(() => supervisor.onMessage({ type: 'stored', number: message.number }))
    if (enough(told)) resolve()
  })
  supervisor.start()
  await promise
  supervisor.onMessage({ type: 'stop', message: 'enough' })
  await with_.unanswered?.()
  for (const message of told)
    if (message.type === 'block') supervisor.onMessage({ type: 'stored', number: message.number })
  await supervisor.ended
  return told
}

const linesIn = (told: readonly FromReceiver[]): string[] =>
  told.flatMap(message => (message.type === 'block' ? linesOf(message.block.bytes) : []))
const restartsIn = (told: readonly FromReceiver[]): string[] =>
  told.flatMap(message => (message.type === 'restarting' ? [message.message] : []))
const lineReceiver = (port: number, host = '127.0.0.1', maxLineBytes = 1000): Receiver<never> =>
  new SocketTextReceiver(host, port, maxLineBytes)

test('lines arrive as bytes in shared memory, whatever their ends and however they are cut on the way', async () => {
  const port = await serve(socket => {
    socket.write('one\r')
    setImmediate(() => socket.write('\ntwo\n\nthr', () => socket.write('ee\rfour\n')))
  })
  const told = await receive(lineReceiver(port), all => linesIn(all).length >= 5)
  assert.deepEqual(linesIn(told), ['one', 'two', '', 'three', 'four'])
  for (const message of told)
    assert.ok(
      message.type !== 'block' ||
        (message.block.format === 'lines' && message.block.bytes.buffer instanceof SharedArrayBuffer),
    )
})

test('a half line at the end of a connection is a line, and the receiver connects again', async () => {
  const port = await serve((socket, number) => socket.end(`connection ${number}\nhalf`))
  const told = await receive(lineReceiver(port), all => linesIn(all).length >= 4)
  assert.deepEqual(linesIn(told).slice(0, 4), ['connection 1', 'half', 'connection 2', 'half'])
  assert.equal(restartsIn(told)[0], 'Socket data stream had no more data')
})

test('a line that has begun when its receiver restarts of its own accord is not joined with the next connection', async () => {
  const port = await serve((socket, number) => socket.write(number === 1 ? 'whole\nhal' : 'next\n'))
  const receiver = lineReceiver(port)
  const told = await receive(receiver, all => {
    if (linesIn(all).length === 1 && restartsIn(all).length === 0) receiver.restart('an error nobody has caught')
    return linesIn(all).length === 2
  })
  assert.deepEqual(linesIn(told), ['whole', 'next'])
})

test('a connection that is refused is tried again after the delay, and comes to life with the server', async () => {
  const port = await serve(() => {})
  await closers.pop()!()
  let server: Promise<number> | undefined
  const told = await receive(lineReceiver(port), all => {
    if (restartsIn(all).length === 2) server ??= serve(socket => socket.write('at last\n'), port)
    return linesIn(all).length > 0
  })
  await server
  assert.equal(restartsIn(told)[0], `Error connecting to 127.0.0.1:${port}`)
  const refused = told.flatMap(message => (message.type === 'restarting' ? [[message.error?.code, message.count]] : []))
  assert.deepEqual(refused.slice(0, 2), [['ECONNREFUSED', 1], ['ECONNREFUSED', 2]]) // prettier-ignore
  assert.deepEqual(linesIn(told), ['at last'])
})

test('a connection that is reset loses no line that has arrived', async () => {
  let reset = (): void => {}
  const port = await serve((socket, number) => {
    socket.write(number === 1 ? 'before\nhalf' : 'after\n')
    if (number === 1) reset = () => void socket.resetAndDestroy()
  })
  const told = await receive(lineReceiver(port), all => {
    if (linesIn(all).includes('before')) reset()
    return linesIn(all).includes('after')
  })
  assert.deepEqual(linesIn(told), ['before', 'half', 'after'])
  assert.equal(restartsIn(told)[0], 'Error receiving data')
})

test('a host that is not known is an error to be told, not a crash', async () => {
  const told = await receive(lineReceiver(1, 'host.invalid'), all => restartsIn(all).length > 0)
  assert.equal(restartsIn(told)[0], 'Error connecting to host.invalid:1')
})

test('a port that cannot be one is an error to be told, not a crash', async () => {
  const told = await receive(lineReceiver(70_000), all => restartsIn(all).length > 0)
  assert.equal(restartsIn(told)[0], 'Error starting receiver')
})

test('a line over the bound is cut off there and told, once with a count', async () => {
  const port = await serve(socket => socket.write(`${'x'.repeat(5000)}\nok\n${'y'.repeat(5000)}\nok\n`))
  const told = await receive(lineReceiver(port, '127.0.0.1', 10), all => linesIn(all).length >= 4)
  assert.deepEqual(linesIn(told), ['x'.repeat(10), 'ok', 'y'.repeat(10), 'ok'])
  assert.equal(told.filter(message => message.type === 'error').length, 1)
})

test('when blocks are not taken, reading stops: the sender is held back', async () => {
  let sent = 0
  const chunk = Buffer.from('a line of text\n'.repeat(4000))
  const port = await serve(socket => {
    const more = (): void => {
      while (socket.write(chunk)) sent += chunk.length
      sent += chunk.length
    }
    socket.on('drain', more)
    more()
  })
  const receiver = new SocketTextReceiver('127.0.0.1', port, 1000)
  // Nothing is answered: two blocks may be on their way, one more is collected.
  const unanswered = async (): Promise<void> => {
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate)
    // What the kernel holds on both ends is some megabytes; without back-pressure this would go on and on.
    assert.ok(sent < 50_000_000, `${sent} bytes were sent`)
  }
  const twoBlocks = (all: readonly FromReceiver[]): boolean =>
    all.filter(message => message.type === 'block').length >= 2
  const told = await receive(receiver as never, twoBlocks, {
    unanswered,
    blockQueueSize: 2,
    receiverMaxBlockBytes: 200_000,
  })
  assert.ok(linesIn(told).every(line => line === 'a line of text'))
})

test('a rate limit holds for lines too', async () => {
  const port = await serve(socket => socket.write('x\n'.repeat(50)))
  const told = await receive(lineReceiver(port), all => linesIn(all).length >= 50, { receiverMaxRatePerSecond: 1000 })
  const blocks = told.flatMap(message => (message.type === 'block' ? [message.block.records] : []))
  assert.ok(Math.max(...blocks) <= 5, `a block of 5 ms at 1000 records a second has ${Math.max(...blocks)}`)
})

test('a converter makes records of the bytes, one call a connection', async () => {
  const port = await serve((socket, number) => socket.end(Buffer.from([number, 2, 3])))
  const receiver = new SocketReceiver<number>('127.0.0.1', port, async function* (chunks) {
    for await (const chunk of chunks) yield* chunk
    yield -1
  })
  const records = (told: readonly FromReceiver[]): unknown[] =>
    told.flatMap(message => (message.type === 'block' ? decodeRecords(message.block.bytes) : []))
  const told = await receive(receiver as never, all => records(all).length >= 8)
  assert.deepEqual(records(told).slice(0, 8), [1, 2, 3, -1, 2, 2, 3, -1])
})

test('a converter that throws restarts the receiver, with its error', async () => {
  const port = await serve(socket => socket.write('x'))
  const receiver = new SocketReceiver<number>('127.0.0.1', port, async chunks => {
    for await (const chunk of chunks) throw new Error(`cannot read ${chunk.length}`)
    return []
  })
  const told = await receive(receiver as never, all => restartsIn(all).length > 1)
  assert.deepEqual(told.find(message => message.type === 'restarting')?.error?.message, 'cannot read 1')
})

test('raw blocks of a server are records', async () => {
  const port = await serve(socket => socket.write(Buffer.concat([rawBlock(['a', ['b', 1]]), rawBlock([null])])))
  const { where } = rawSocketReceiver('127.0.0.1', port)
  const make = new Instantiator().instantiate((where as { readonly make: TaskFunction }).make)
  const records = (told: readonly FromReceiver[]): unknown[] =>
    told.flatMap(message => (message.type === 'block' ? decodeRecords(message.block.bytes) : []))
  const told = await receive(make() as Receiver<never>, all => records(all).length >= 3)
  assert.deepEqual(records(told), ['a', ['b', 1], null])
})
