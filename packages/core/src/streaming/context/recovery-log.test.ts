import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, streamingTest, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'

/** A SparkContext on an empty store, whose log is given line by line, without times. */
function logged(t: TestContext, conf: Readonly<Record<string, string>> = {}) {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const lines: string[] = []
  t.mock.method(process.stderr, 'write', (text: string) => {
    for (const line of text.split('\n')) if (line !== '') lines.push(line.split(' ').slice(2).join(' '))
    return true
  })
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const settings = new SparkConf(false).setMaster('local[2]').setAppName('log').set('spark.log.level', 'INFO')
  const sparkContext = new SparkContext(settings.setAll(conf))
  putBack()
  t.after(() => sparkContext.stop())
  return { store, lines, sparkContext }
}

type Build = (ssc: StreamingContext) => void

/** Runs a program from its checkpoint, or anew, from one time to another, and stops it. */
async function run(sparkContext: SparkContext, build: Build, fromMs: number, untilMs: number): Promise<void> {
  const clock = new ManualClock(fromMs)
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(directory)
    build(made)
    return made
  })
  ssc.start()
  await untilIdle(ssc)
  clock.setTo(untilMs)
  await untilIdle(ssc)
  await ssc.stop(false)
}

const counted: Build = ssc => new BatchInput(ssc, [[1], [2], [3]]).foreachRDD(() => {})

test('a restart says in Spark’s words which checkpoint it loads and which batches it runs again', async t => {
  const { lines, sparkContext } = logged(t)
  await run(sparkContext, counted, 0, 3000)
  lines.length = 0
  await run(sparkContext, counted, 5500, 6000)
  const said = (pattern: RegExp): string | undefined => lines.find(line => pattern.test(line))
  assert.match(said(/Checkpoint files found: /)!, /\/checkpoint-3000,/)
  assert.ok(said(/Attempting to load checkpoint from file \/checkpoint\/checkpoint-3000$/))
  assert.ok(said(/Checkpoint successfully loaded from file \/checkpoint\/checkpoint-3000$/))
  assert.ok(said(/INFO JobGenerator: Batches during down time \(\d batches\): .*4000 ms, 5000 ms$/))
  assert.ok(said(/INFO JobGenerator: Batches pending processing \(0 batches\): $/))
  assert.ok(said(/INFO JobGenerator: Batches to reschedule \(\d batches\): .*4000 ms, 5000 ms$/))
  assert.ok(said(/INFO JobGenerator: Restarted JobGenerator at 6000 ms$/))
})

test('a program with a queueStream says at the start that it cannot be recovered, and at the restart that it is not', async t => {
  const { lines, sparkContext } = logged(t)
  const words = "queueStream doesn't support checkpointing. Please don't use queueStream when checkpointing is enabled."
  const build: Build = ssc => ssc.queueStream<number>([]).foreachRDD(() => {})
  await run(sparkContext, build, 0, 1000)
  assert.ok(lines.some(line => line.includes(words)))
  await assert.rejects(run(sparkContext, build, 1000, 2000), error => {
    assert.ok(error instanceof Error && `${error.message} ${String(error.cause)}`.includes(words), String(error))
    return true
  })
})

test('a block whose bytes are gone costs that block, and is told in Spark’s words', async t => {
  const { store, lines, sparkContext } = logged(t, { 'spark.streaming.receiver.writeAheadLog.enable': 'true' })
  const source = new Source()
  const clock = new ManualClock(0)
  const out: string[] = []
  const open = () =>
    StreamingContext.getOrCreate(directory, () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint(directory)
      made.receiverStream(source, { thread: 'main' }).foreachRDD(async rdd => void out.push(...(await rdd.collect())))
      return made
    })
  const first = await open()
  first.start()
  await source.started.promise
  await untilIdle(first)
  await source.store(['lost'])
  await first.stop(false)
  for (const { name } of await store.list('/checkpoint/receivedData/0'))
    await store.delete(`/checkpoint/receivedData/0/${name}`)
  const second = await open()
  second.start()
  clock.setTo(1000)
  await untilIdle(second)
  await second.stop(false)
  assert.deepEqual(out, [])
  assert.ok(lines.some(line => line.includes('Some blocks could not be recovered as they were not found in memory.')))
})

test('spark.streaming.checkpoint.directory is as if ssc.checkpoint had been called', async t => {
  const { store, sparkContext } = logged(t, { 'spark.streaming.checkpoint.directory': directory })
  const clock = new ManualClock(0)
  const ssc = new StreamingContext(sparkContext, Seconds(1), { clock })
  counted(ssc)
  ssc.start()
  await untilIdle(ssc)
  clock.setTo(1000)
  await untilIdle(ssc)
  await ssc.stop(false)
  assert.ok((await store.list('/checkpoint')).some(({ name }) => name === 'checkpoint-1000'))
})

test('a program that begins anew where the log of another is left, whose beginning has been cleaned up, finds nothing missing', async t => {
  const conf = { 'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': '1' }
  const { store, lines, sparkContext } = logged(t, conf)
  await run(sparkContext, counted, 0, 40_000)
  const logFiles = async () => (await store.list('/checkpoint/receivedBlockMetadata')).map(({ name }) => name)
  assert.ok((await logFiles()).length < 40, 'old files of the log have been removed')
  for (const { name, path } of await store.list('/checkpoint'))
    if (name.startsWith('checkpoint')) await store.delete(path)
  lines.length = 0
  await run(sparkContext, counted, 50_000, 52_000)
  await run(sparkContext, counted, 52_500, 54_000)
  assert.deepEqual(
    lines.filter(line => /^(WARN|ERROR)/.test(line)),
    [],
  )
})

test('with spark.streaming.unpersist=false what was persisted of old batches is kept', async () => {
  for (const unpersist of [true, false]) {
    const { ssc, clock, close } = streamingTest({ conf: { 'spark.streaming.unpersist': unpersist } })
    const kept = new Set<number>()
    ssc.sparkContext.engine.subscribe(event => {
      if (event.type === 'partitionKept') kept.add(event.nodeId)
      if (event.type === 'partitionEvicted') kept.delete(event.nodeId)
    })
    const stream = new BatchInput(ssc, [[1], [2], [3], [4]]).map(n => n).persist()
    stream.foreachRDD(async rdd => void (await rdd.count()))
    ssc.start()
    for (let batch = 1; batch <= 4; batch++) {
      clock.setTo(batch * 1000)
      await untilIdle(ssc)
    }
    // The newest is remembered.
    assert.equal(kept.size, unpersist ? 1 : 4)
    await close()
  }
})
