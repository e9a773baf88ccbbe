import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeRecords, linesOf } from '../../codec/index.ts'
import type { Block } from '../../rdd/plan/source-spec.ts'
import { ManualClock } from '../../time/manual-clock.ts'
import { BlockGenerator } from './block-generator.ts'
import { BlockQueue } from './block-queue.ts'
import { LineBuffer } from './line-buffer.ts'
import { RecordBuffer } from './record-buffer.ts'

interface SetUp {
  readonly maxRatePerSecond?: number
  readonly maxBlockBytes?: number
  /** Answers each block at once. Default true. */
  readonly answers?: boolean
}

function setUp({ maxRatePerSecond, maxBlockBytes = 1000, answers = true }: SetUp = {}) {
  const clock = new ManualClock(1000)
  const sent: { number: number; block: Block; atMs: number }[] = []
  const queue: BlockQueue = new BlockQueue({
    clock,
    size: 2,
    waitingBytes: 1000,
    storeTimeoutMs: 30_000,
    send: (number, block) => {
      sent.push({ number, block, atMs: clock.now() })
      if (answers) queue.stored(number)
    },
  })
  const lost: unknown[] = []
  const generator = new BlockGenerator({
    ...{ clock, streamId: 7, queue, blockIntervalMs: 200, maxBlockBytes, maxRatePerSecond },
    onLostBlock: error => lost.push(error),
  })
  const bad: unknown[] = []
  const records = new RecordBuffer(error => bad.push(error))
  const lines = new LineBuffer(100)
  generator.addPart(records)
  generator.addPart(lines)
  const store = (...all: unknown[]): void =>
    all.forEach(record => {
      records.add(record)
      generator.added(records)
    })
  const receive = (text: string): void => {
    lines.feed(Buffer.from(text))
    generator.added(lines)
  }
  const contents = (): unknown[][] =>
    sent.map(({ block }) => (block.format === 'lines' ? linesOf(block.bytes) : decodeRecords(block.bytes)))
  return { clock, queue, generator, sent, lost, bad, store, receive, contents }
}

test('what is stored in a block interval is one block, cut at a multiple of the interval', () => {
  const { clock, sent, store, contents } = setUp()
  clock.setTo(1150)
  store('a', 'b')
  clock.setTo(1199)
  assert.equal(sent.length, 0)
  clock.setTo(1200)
  store('c')
  clock.setTo(2000)
  assert.deepEqual(contents(), [['a', 'b'], ['c']])
  assert.deepEqual(sent.map(({ atMs, block }) => [atMs, block.records, block.format]), [[1200, 2, 'records'], [1400, 1, 'records']]) // prettier-ignore
  assert.equal(new Set(sent.map(({ block }) => block.id)).size, 2)
  assert.match(sent[0]!.block.id, /^input-7-/)
})

test('no timer waits while there is nothing to cut', () => {
  const { clock, store } = setUp()
  assert.equal(clock.nextTimeMs(), undefined)
  store('a')
  assert.equal(clock.nextTimeMs(), 1200)
  clock.setTo(5000)
  assert.equal(clock.nextTimeMs(), undefined)
})

test('lines stay bytes, the line that has begun waits for the next block', () => {
  const { clock, sent, receive, contents } = setUp()
  receive('one\ntw')
  clock.setTo(1200)
  receive('o\n')
  clock.setTo(1400)
  assert.deepEqual(contents(), [['one'], ['two']])
  assert.deepEqual(sent.map(({ block }) => [block.format, block.records, block.bytes.buffer instanceof SharedArrayBuffer]), [['lines', 1, true], ['lines', 1, true]]) // prettier-ignore
})

test('a block that is large is cut before its interval is over', () => {
  const { sent, receive } = setUp({ maxBlockBytes: 10 })
  receive('12345\n')
  assert.equal(sent.length, 0)
  receive('12345\n')
  assert.equal(sent.length, 1)
})

test('without a rate limit a block of very many short lines is cut before its interval is over, and reading goes on', () => {
  const { sent, receive, generator } = setUp({ maxBlockBytes: 1_000_000 })
  receive('a\n'.repeat(99_999))
  assert.equal(sent.length, 0)
  receive('a\n')
  assert.deepEqual([sent.map(({ block }) => block.records), generator.full], [[100_000], false])
})

test('with a rate limit the number of records cuts no block', () => {
  const { sent, receive, generator } = setUp({ maxBlockBytes: 1_000_000, maxRatePerSecond: 1000 })
  receive('a\n'.repeat(100_000))
  assert.deepEqual([sent.length, generator.full], [0, true])
})

test('no more records than the rate allows are in the blocks of an interval, the others come later', () => {
  const { clock, store, receive, contents, generator } = setUp({ maxRatePerSecond: 10 })
  store(1, 2, 3)
  assert.equal(generator.full, true)
  clock.setTo(1800)
  assert.deepEqual(contents(), [[1, 2], [3]])
  assert.equal(generator.full, false)
  receive('a\nb\r\nc\nd\ne\n')
  clock.setTo(2600)
  assert.deepEqual(contents().slice(2), [['a', 'b'], ['c', 'd'], ['e']])
})

test('a new rate counts for the blocks after it', () => {
  const { clock, store, contents, generator } = setUp({ maxRatePerSecond: 5 })
  store(1, 2, 3, 4, 5, 6)
  clock.setTo(1200)
  generator.updateRate(20)
  clock.setTo(1600)
  assert.deepEqual(contents(), [[1], [2, 3, 4, 5], [6]])
})

test('with a full queue blocks wait and grow, and go on when there is room', async () => {
  const { clock, sent, store, contents, queue } = setUp({ answers: false })
  for (const record of [1, 2, 3, 4]) {
    store(record)
    clock.advance(200)
  }
  assert.deepEqual(contents(), [[1], [2]])
  queue.stored(sent[0]!.number)
  await queue.room()
  assert.deepEqual(contents(), [[1], [2], [3, 4]])
})

test('while the driver asks for a pause nothing is handed on', async () => {
  const { clock, store, contents, queue } = setUp()
  queue.setPaused(true)
  store(1)
  clock.advance(1000)
  assert.deepEqual(contents(), [])
  queue.setPaused(false)
  await queue.room()
  assert.deepEqual(contents(), [[1]])
})

test('a flush hands on everything, whatever rate and queue say', () => {
  const { store, receive, contents, generator } = setUp({ maxRatePerSecond: 5, answers: false })
  store(1, 2, 3)
  receive('a\nb\n')
  generator.flush()
  assert.deepEqual(contents(), [
    [1, 2, 3],
    ['a', 'b'],
  ])
})

test('a record that cannot be encoded is left out and told, the others are stored', () => {
  const { clock, store, contents, bad } = setUp()
  store('a', () => 1, 'b')
  clock.advance(200)
  assert.deepEqual(contents(), [['a', 'b']])
  assert.equal(bad.length, 1)
})

test('a block without an answer in time is told to be lost', async () => {
  const { clock, store, lost, queue } = setUp({ answers: false })
  store('a')
  clock.advance(200)
  clock.advance(30_000)
  await queue.empty()
  await Promise.resolve()
  assert.match(String(lost[0]), /could not be stored: no answer within 30000 ms/)
})

test('a block of records stored one by one that is refused is handed on again, and is lost only when the time for an answer is over', () => {
  const { clock, queue, sent, store, lost } = setUp({ answers: false })
  store('a')
  clock.setTo(1200)
  queue.refused(0, 'disk full')
  clock.advance(1000)
  assert.deepEqual(sent.map(({ number, block }) => [number, block.id]), [[0, sent[0]!.block.id], [0, sent[0]!.block.id]]) // prettier-ignore
  queue.stored(0)
  clock.advance(60_000)
  assert.deepEqual([sent.length, lost.length], [2, 0])
})
