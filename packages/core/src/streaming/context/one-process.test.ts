import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { DirectoryFence } from '../../storage/fence/index.ts'
import { faulty } from '../../storage/faulty-file-system.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { StreamingContext } from './streaming-context.ts'

/** Another process of another host, as far as this one can tell. */
const another = { self: () => ({ host: 'other', pid: 1, started: '' }), isAlive: () => undefined }

function setUp(t: TestContext, plan: Parameters<typeof faulty>[1] = () => undefined) {
  const fileSystem = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => faulty(fileSystem, plan)))
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('one process')
  const sparkContext = new SparkContext(conf.set('spark.dstream.driver.writeAheadLog.fsync', '1h'))
  sparkContext.setLogLevel('OFF')
  putBack()
  t.after(() => sparkContext.stop())
  const clock = new ManualClock(0)
  const batches: number[] = []
  const open = () =>
    StreamingContext.getOrCreate('memory:///checkpoint', () => {
      const ssc = new StreamingContext(sparkContext, Seconds(1), { clock })
      ssc.checkpoint('memory:///checkpoint')
      new BatchInput(ssc, []).foreachRDD((_, time) => void batches.push(time.milliseconds))
      return ssc
    })
  const acquire = (takeOver: boolean) =>
    DirectoryFence.acquire({ fileSystem, directory: '/checkpoint', clock, processes: another, takeOver })
  return { clock, open, acquire, batches }
}

/** What ends the program. */
const failureOf = (ssc: StreamingContext): Promise<unknown> =>
  ssc.awaitTermination().then(
    () => undefined,
    (error: unknown) => error,
  )

test('a program does not begin in a directory in which another process works: it says which, and begins when that has let go', async t => {
  const { clock, open, acquire, batches } = setUp(t)
  const holder = await acquire(false)
  // Where there is no checkpoint yet, it is the start that takes the directory.
  const beginning = async () => {
    const ssc = await open()
    const failure = failureOf(ssc)
    ssc.start()
    const error = await failure
    await ssc.stop(false)
    throw error
  }
  await assert.rejects(beginning(), { code: 'DIRECTORY_IN_USE', message: /other/ })
  assert.deepEqual(batches, [])
  await holder.release()
  const ssc = await open()
  ssc.start()
  await untilIdle(ssc)
  clock.setTo(1000)
  await untilIdle(ssc)
  assert.deepEqual(batches, [1000])
  await ssc.stop(false)
})

test('a program whose directory was taken over begins no batch any more, and ends with DIRECTORY_FENCED', async t => {
  const { clock, open, acquire, batches } = setUp(t)
  const ssc = await open()
  const failure = failureOf(ssc)
  ssc.start()
  await untilIdle(ssc)
  clock.setTo(1000)
  await untilIdle(ssc)
  await acquire(true)
  for (let second = 2; second <= 4; second++) {
    clock.setTo(second * 1000)
    for (let i = 0; i < 100; i++) await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(((await failure) as { code?: string }).code, 'DIRECTORY_FENCED')
  assert.deepEqual(batches, [1000])
  await ssc.stop(false)
})

test('a stop that cannot flush the log fails, and lets the directory go', async t => {
  let broken = false
  const { clock, open, batches } = setUp(t, ({ name }) => (broken && name === 'sync' ? 'EIO' : undefined))
  const first = await open()
  first.start()
  clock.setTo(2000)
  await untilIdle(first)
  broken = true
  await assert.rejects(first.stop(false), /EIO/)
  broken = false
  const second = await open()
  second.start()
  clock.setTo(3000)
  await untilIdle(second)
  await second.stop(false)
  assert.deepEqual(batches, [1000, 2000, 2000, 3000])
})
