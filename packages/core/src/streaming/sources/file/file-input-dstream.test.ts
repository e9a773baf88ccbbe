import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { registerEngine, SparkConf, SparkContext } from '../../../context/index.ts'
import { ReferenceEngine } from '../../../engine/testing/reference-engine.ts'
import { faulty } from '../../../storage/faulty-file-system.ts'
import { MemoryFileSystem, registerFileSystem } from '../../../storage/index.ts'
import { runBatches, streamingTest, untilIdle } from '../../../testing/index.ts'
import { ManualClock, Seconds, type Time } from '../../../time/index.ts'
import { StreamingContext } from '../../context/streaming-context.ts'
import { InputDStream } from '../../dstream/input-dstream.ts'
import type { BatchInfo } from '../../events/batch-info.ts'
import { FileInputDStream } from './file-input-dstream.ts'

let directory = ''
let ssc: StreamingContext
let lines: string[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-stream-'))
  lines = []
  registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('files')
  const write = process.stderr.write
  process.stderr.write = ((text: string) => lines.push(text) > 0) as typeof write
  restoreStderr = () => (process.stderr.write = write)
  ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock(100_000) })
})
let restoreStderr: () => unknown = () => {}

afterEach(async () => {
  await ssc.stop()
  restoreStderr()
  rmSync(directory, { recursive: true })
})

function write(name: string, text: string, modifiedMs: number): string {
  const path = join(directory, name)
  writeFileSync(path, text)
  utimesSync(path, modifiedMs / 1000, modifiedMs / 1000)
  return path
}

test('a file that grows before it is read is read as far as it was when it was listed', async () => {
  const path = write('a.txt', 'one\ntwo\n', 100_500)
  const batches: string[][] = []
  ssc.textFileStream(directory).foreachRDD(async rdd => {
    appendFileSync(path, 'three\n')
    batches.push(await rdd.collect())
  })
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(batches, [['one', 'two'], []])
})

test('a file that is changed after it was read is not read again, and a warning says so', async () => {
  write('a.txt', 'one\n', 100_500)
  const batches: string[][] = []
  ssc.textFileStream(directory).foreachRDD(async rdd => {
    batches.push(await rdd.collect())
    write('a.txt', 'changed\n', 101_500)
  })
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(batches, [['one'], []])
  assert.match(lines.join(''), /WARN FileInputDStream: .*a\.txt has changed after it was read/)
})

test('a file that vanishes before it is read fails its batch with its name, later batches go on', async () => {
  const path = write('a.txt', 'one\n', 100_500)
  const outcomes: unknown[] = []
  ssc.textFileStream(directory).foreachRDD(async rdd => {
    if (outcomes.length === 0) rmSync(path)
    outcomes.push(await rdd.collect().catch((error: Error) => error))
    write('b.txt', 'two\n', 101_500)
  })
  ssc.start()
  await runBatches(ssc, 2)
  assert.match(String((outcomes[0] as Error).message), /a\.txt/)
  assert.deepEqual(outcomes[1], ['two'])
})

test('a directory that is not there is empty, and is said once', async () => {
  const batches: string[][] = []
  ssc.textFileStream(join(directory, 'none')).foreachRDD(async rdd => void batches.push(await rdd.collect()))
  ssc.start()
  await runBatches(ssc, 3)
  assert.deepEqual(batches, [[], [], []])
  assert.equal(lines.filter(line => line.includes('No directory to scan')).length, 1)
})

test('why a file is not taken is logged at level DEBUG', async () => {
  ssc.sparkContext.setLogLevel('DEBUG')
  write('.hidden', 'x\n', 100_500)
  write('old', 'x\n', 1000)
  ssc.textFileStream(directory).foreachRDD(() => {})
  ssc.start()
  await runBatches(ssc, 1)
  const said = lines.join('')
  assert.match(said, /DEBUG FileInputDStream: .*\.hidden rejected by filter/)
  assert.match(said, /DEBUG FileInputDStream: .*old ignored as mod time 1000 <= ignore time 100000/)
})

test('a file that comes too late to be read is warned of, one that was there or was read is not', async () => {
  write('there before', 'x\n', 1000)
  write('read', 'one\n', 100_500)
  const batches: string[][] = []
  ssc.textFileStream(directory).foreachRDD(async (rdd, time) => {
    batches.push(await rdd.collect())
    if (time.milliseconds === 101_000) write('with its old time', 'x\n', 30_000)
  })
  ssc.start()
  await runBatches(ssc, 70)
  assert.deepEqual(batches.flat(), ['one'])
  const warned = lines.filter(line => line.includes('has come too late'))
  assert.equal(warned.length, 1)
  assert.match(warned[0]!, /WARN FileInputDStream: .*with its old time has come too late and is never read/)
})

test('compressed files are decompressed, as in Spark, beside others', async () => {
  const batches: string[][] = []
  ssc.textFileStream(directory).foreachRDD(async rdd => void batches.push(await rdd.collect()))
  const gzip = (name: string, text: string): void => {
    const path = write(name, '', 100_500)
    writeFileSync(path, gzipSync(text))
    utimesSync(path, 100.5, 100.5)
  }
  gzip('a.gz', 'one\ntwo\n')
  ssc.start()
  await runBatches(ssc, 1)
  write('b.txt', 'three\n', 101_500)
  gzip('c.gz', 'four')
  await runBatches(ssc, 1)
  assert.deepEqual(batches.map(lines => lines.sort()), [['one', 'two'], ['four', 'three']]) // prettier-ignore
})

test('a reader of one’s own makes the records, the batch says which files it read', async () => {
  const path = write('a.bin', 'abc', 100_500)
  const batches: number[][] = []
  const infos: BatchInfo[] = []
  ssc.addStreamingListener({ onBatchCompleted: event => infos.push(event.batchInfo) })
  const read = async ({ length }: { readonly length: number }) => [length, length * 2]
  ssc.fileStream(directory, { read }).foreachRDD(async rdd => void batches.push(await rdd.collect()))
  ssc.start()
  await runBatches(ssc, 1)
  assert.deepEqual(batches, [[3, 6]])
  assert.deepEqual(infos[0]?.streamIdToInputInfo.get(0)?.metadata, { files: [path], Description: path })
})

test('a file that came while the directory could not be listed is taken once it can, however long that was', async () => {
  const disk = new MemoryFileSystem({ now: () => clock.now() })
  let broken = false
  const undo = registerFileSystem('failing', () =>
    faulty(disk, ({ name }) => (broken && name === 'list' ? 'EIO' : undefined)),
  )
  await ssc.stop(true)
  const again = streamingTest({ startMs: 100_000, conf: { 'spark.streaming.fileStream.minRememberDuration': '1s' } })
  again.sparkContext.setLogLevel('OFF')
  const batches: string[][] = []
  const read = ({ path }: { readonly path: string }) => [path]
  again.ssc.fileStream('failing:///in', { read }).foreachRDD(async rdd => void batches.push(await rdd.collect()))
  const { clock } = again
  await disk.mkdirs('/in')
  again.ssc.start()
  await runBatches(again.ssc, 1)
  broken = true
  await disk.create('/in/a', Buffer.from('x'))
  disk.touch('/in/a', 101_500)
  await runBatches(again.ssc, 5)
  broken = false
  await runBatches(again.ssc, 3)
  assert.deepEqual(batches, [[], [], [], [], [], [], ['failing:///in/a'], [], []])
  await again.close()
  undo()
})

test('a file is in one batch though the one before, which another input has failed, still opens its files when it is looked for', async () => {
  const opened = Promise.withResolvers<void>()
  class Slow extends MemoryFileSystem {
    override async open(path: string) {
      await opened.promise
      return super.open(path)
    }
  }
  const disk = new Slow()
  const undo = registerFileSystem('slow', () => disk)
  await ssc.stop(true)
  const again = streamingTest({ startMs: 100_000, conf: { 'spark.log.level': 'OFF' } })
  class FailsFirst extends InputDStream<string> {
    override async compute(time: Time) {
      if (time.milliseconds === 101_000) throw new Error('the broker is down')
      return this.context.sparkContext.emptyRDD<string>()
    }
  }
  const batches: string[][] = []
  const read = ({ path }: { readonly path: string }) => [path]
  const files = again.ssc.fileStream('slow:///in', { read })
  new FailsFirst(again.ssc).union(files).foreachRDD(async rdd => void batches.push(await rdd.collect()))
  again.ssc.start()
  again.ssc.awaitTermination().catch(() => undefined)
  for (const [name, modifiedMs] of [
    ['a', 100_500],
    ['b', 101_500],
  ] as const) {
    // prettier-ignore
    await disk.create(`/in/${name}`, Buffer.from('x'))
    disk.touch(`/in/${name}`, modifiedMs)
    again.clock.advance(1000)
    await new Promise(resolve => setImmediate(resolve))
  }
  opened.resolve()
  await runBatches(again.ssc, 2)
  await untilIdle(again.ssc)
  assert.deepEqual(batches, [['slow:///in/b'], [], []])
  await again.close()
  undo()
})

/** A file stream of a store that a test plays, with what its batches had. */
async function ofStore(fails: (operation: string, path: string) => boolean) {
  await ssc.stop(true)
  const disk: MemoryFileSystem = new MemoryFileSystem({ now: () => again.clock.now() })
  const undo = registerFileSystem('failing', () =>
    faulty(disk, ({ name, path }) => (fails(name, path) ? 'EIO' : undefined)),
  )
  const again = streamingTest({ startMs: 100_000, conf: { 'spark.streaming.fileStream.minRememberDuration': '1s' } })
  again.sparkContext.setLogLevel('OFF')
  const taken: string[] = []
  const read = ({ path }: { readonly path: string }) => [path.slice(path.lastIndexOf('/') + 1)]
  const stream = new FileInputDStream(again.ssc, 'fileStream', 'failing:///in', { read })
  stream.foreachRDD(async rdd => void taken.push(...(await rdd.collect())))
  await disk.mkdirs('/in')
  const come = async (name: string, modifiedMs: number): Promise<void> => {
    await disk.create(`/in/${name}`, Buffer.from('x'))
    disk.touch(`/in/${name}`, modifiedMs)
  }
  const close = async (): Promise<void> => {
    await again.close()
    undo()
  }
  return { ssc: again.ssc, stream, taken, come, close }
}

test('a file that came while the directory could not be listed yet is taken once it can', async () => {
  let broken = true
  const { ssc: failing, taken, come, close } = await ofStore(operation => broken && operation === 'list')
  failing.start()
  await runBatches(failing, 1)
  await come('a', 101_500)
  await runBatches(failing, 5)
  broken = false
  await runBatches(failing, 2)
  assert.deepEqual(taken, ['a'])
  await close()
})

test('while a file cannot be opened no more is remembered than else, and once it can it is taken, however long that was', async () => {
  let broken = true
  const fails = (operation: string, path: string): boolean => broken && operation === 'open' && path.endsWith('bad')
  const { ssc: failing, stream, taken, come, close } = await ofStore(fails)
  failing.start()
  await runBatches(failing, 1)
  await come('bad', 101_500)
  for (let i = 0; i < 50; i++) {
    await come(`${i}`, 101_500 + i * 1000)
    await runBatches(failing, 1)
  }
  assert.ok(stream.memory().files.length <= 4, `${stream.memory().files.length} files are remembered`)
  broken = false
  await runBatches(failing, 2)
  assert.deepEqual(taken, [...Array.from({ length: 50 }, (_, i) => `${i}`), 'bad'])
  await close()
})
