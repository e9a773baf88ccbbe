import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { silentLog } from '../../logging/index.ts'
import { DirectoryFence } from '../../storage/fence/index.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { readDriverLog } from '../checkpoint/claim-checkpoint.ts'
import { readCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { DriverLog } from '../write-ahead-log/driver-log/index.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'
const logger = silentLog.logger('')

/** Everything a successor would go on from: the newest checkpoint, what it names of saved state, and what the log has behind it. */
async function found(fileSystem: MemoryFileSystem): Promise<string> {
  const checkpoint = await readCheckpoint(directory, logger)
  const { progress } = checkpoint!.content
  const { state, sequence } = await readDriverLog(directory, progress.log, logger, {})
  const named = progress.saved.flatMap(({ times }) => times.map(one => one.directory))
  const parts: string[] = []
  for (const place of named) {
    for (const { path, length } of await fileSystem.list(place.replace('memory://', '')))
      parts.push(`${path} ${length}`)
  }
  const batches = [...state.batches].map(([timeMs, { completed }]) => [timeMs, completed])
  return JSON.stringify({ batchMs: progress.batchMs, sequence, batches, parts, blocks: state.blocks.unallocated })
}

test('what a program does after its directory was taken over, with log, state and checkpoints, is nothing that a successor finds', async t => {
  const fileSystem = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => fileSystem))
  t.after(registerEngine('local', () => new ReferenceEngine()))
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('taken over')
  conf.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF' })
  const sparkContext = new SparkContext(conf)
  t.after(() => sparkContext.stop())
  const clock = new ManualClock(0)
  const source = new Source()
  const ssc = new StreamingContext(sparkContext, Seconds(1), { clock })
  ssc.checkpoint(directory)
  ssc
    .receiverStream(source, { thread: 'main' })
    .map(word => [word, 1] as const)
    .updateStateByKey((ones: readonly number[], sum: number | undefined) => ones.length + (sum ?? 0))
    .checkpoint(Seconds(1))
    .foreachRDD(async rdd => void (await rdd.collect()))
  ssc.start()
  const ended = ssc.awaitTermination().then(
    () => undefined,
    (error: { readonly code?: string }) => error.code,
  )
  await source.started.promise
  for (const word of ['a', 'b', 'c']) {
    await source.store([word])
    clock.advance(1000)
    await untilIdle(ssc)
  }
  const successor = { self: () => ({ host: 'other', pid: 1, started: '' }), isAlive: () => undefined }
  const place = { fileSystem, directory: '/checkpoint', clock }
  const fence = await DirectoryFence.acquire({ ...place, processes: successor, takeOver: true })
  // What a successor does first: it reads, and goes on behind what it has read.
  const log = await readDriverLog(
    directory,
    (await readCheckpoint(directory, logger))!.content.progress.log,
    logger,
    {},
  )
  await DriverLog.open({ ...place, directory: '/checkpoint/receivedBlockMetadata', fence }, log)
  const before = await found(fileSystem)
  await assert.rejects(source.store(['stale']), { code: 'BLOCK_NOT_STORED', message: /taken over/ })
  for (let second = 0; second < 3; second++) {
    clock.advance(1000)
    for (let i = 0; i < 50; i++) await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(await ended, 'DIRECTORY_FENCED')
  await ssc.stop(false)
  assert.equal(await found(fileSystem), before)
})
