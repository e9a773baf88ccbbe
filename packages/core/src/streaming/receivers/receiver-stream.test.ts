import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { runBatches } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { StreamingContext } from '../context/streaming-context.ts'
import type { DStream } from '../dstream/dstream.ts'
import type { ReceiverInfo } from '../events/streaming-listener.ts'
import { Receiver } from './receiver.ts'

let ssc: StreamingContext

beforeEach(() => {
  registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('receivers')
  conf.setAll({
    'spark.streaming.blockInterval': '5ms',
    'spark.log.level': 'OFF',
    'spark.streaming.receiverRestartDelay': '5ms',
  })
  ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock(0) })
})

afterEach(() => ssc.stop())

/** Runs batch after batch until a stream has given so many records; all of them. What is received comes when it comes, on its own thread. */
async function received<T>(stream: DStream<T>, atLeast: number): Promise<T[]> {
  const all: T[] = []
  stream.foreachRDD(async rdd => void all.push(...(await rdd.collect())))
  ssc.start()
  while (all.length < atLeast) {
    await new Promise(setImmediate)
    await runBatches(ssc, 1)
  }
  return all
}

class Words extends Receiver<string> {
  readonly words: readonly string[]
  constructor(words: readonly string[]) {
    super()
    this.words = words
  }
  override onStart(): void {
    for (const word of this.words) void this.store(word)
    void this.store(this.words.map(word => word.toUpperCase()))
  }
  override onStop(): void {}
}

test('a receiver travels with its class and fields, and what it stores is in the batches', async () => {
  const words = await received(ssc.receiverStream(new Words(['one', 'two'])), 4)
  assert.deepEqual(words.toSorted(), ['ONE', 'TWO', 'one', 'two'])
})

test('a receiver in the driver is the very instance', async () => {
  const receiver = new Words(['live'])
  const words = await received(ssc.receiverStream(receiver, { thread: 'main' }), 1)
  assert.equal(receiver.isStarted(), true)
  assert.equal(words[0], 'LIVE')
})

test('a receiver that holds what cannot travel is refused when the stream is made', () => {
  class Connected extends Words {
    readonly waiting = Promise.resolve()
  }
  assert.throws(() => ssc.receiverStream(new Connected([])), { code: 'TASK_NOT_SERIALIZABLE', message: /waiting/ })
})

test('a socket’s lines are the records, the batch tells how many there were, and a graceful stop leaves none behind', async () => {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.write('hello world\r\nhello\n\nlast')
    socket.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  let told = 0
  const infos: ReceiverInfo[] = []
  ssc.addStreamingListener({
    onBatchCompleted: event => (told += event.batchInfo.numRecords),
    onReceiverStarted: event => infos.push(event.receiverInfo),
  })
  const stream = ssc.socketTextStream('127.0.0.1', (server.address() as AddressInfo).port)
  const lines = await received(stream, 4)
  assert.deepEqual(lines.slice(0, 4), ['hello world', 'hello', '', 'last'])
  const clock = ssc.clock as ManualClock
  const stopped = ssc.stop(true, true)
  // A graceful stop waits for the batch that takes what was still received.
  while (ssc.getState() !== 'STOPPED') {
    await new Promise(setImmediate)
    clock.advance(1000)
  }
  await stopped
  server.close()
  assert.equal(told, lines.length)
  assert.deepEqual([infos[0]?.name, infos[0]?.streamId, infos[0]?.active], ['SocketReceiver', 0, true])
})
