import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { faulty, MemoryFileSystem, registerFileSystem, type FileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { inspectCheckpoint } from '../checkpoint/inspect/index.ts'
import { registerWriteAheadLog } from '../write-ahead-log/index.ts'
import { logInRows, type Row } from '../write-ahead-log/log-for-tests.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'
registerEngine('local', () => new ReferenceEngine())

interface Running {
  readonly clock: ManualClock
  readonly source: Source
  readonly ssc: StreamingContext
  /** Batch times with what was in them. */
  readonly out: (readonly [number, readonly string[]])[]
}

/** A life of a program with a receiver and its log. */
async function life(
  conf: Readonly<Record<string, string | number | boolean>>,
  fromMs: number,
  action: (running: Running) => Promise<void>,
): Promise<Running['out']> {
  const clock = new ManualClock(fromMs)
  const source = new Source()
  const out: (readonly [number, readonly string[]])[] = []
  const settings = new SparkConf(false).setMaster('local[2]').setAppName('logs')
  settings.setAll({ 'spark.streaming.receiver.writeAheadLog.enable': true, 'spark.log.level': 'OFF', ...conf })
  const sparkContext = new SparkContext(settings)
  try {
    const create = (): StreamingContext => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint(directory)
      made.receiverStream(source, { thread: 'main' }).foreachRDD(async (rdd, time) => {
        const records = await rdd.collect()
        if (records.length > 0) out.push([time.milliseconds, records])
      })
      return made
    }
    const ssc = await StreamingContext.getOrCreate(directory, create, { environment: { clock } })
    ssc.start()
    const ended = ssc.awaitTermination()
    ended.catch(() => undefined)
    await untilIdle(ssc)
    await Promise.race([source.started.promise, ended])
    await action({ clock, source, ssc, out })
    await ssc.stop(false)
    return out
  } finally {
    await StreamingContext.getActive()?.stop(false)
    await sparkContext.stop()
  }
}

async function batches({ clock, source, ssc }: Running, count: number, of: (i: number) => string): Promise<void> {
  for (let i = 0; i < count; i++) {
    await source.store([of(i)])
    clock.advance(1000)
    await untilIdle(ssc)
  }
}

async function withStore<S extends FileSystem>(store: S, action: (store: S) => Promise<void>): Promise<void> {
  const undo = registerFileSystem('memory', () => store)
  try {
    await action(store)
  } finally {
    undo()
  }
}

async function logFilesIn(store: FileSystem, log: string): Promise<{ files: number; bytes: number }> {
  const files = (await store.list(`/checkpoint/${log}`)).filter(({ name }) => name.startsWith('log-'))
  return { files: files.length, bytes: files.reduce((sum, { length }) => sum + length, 0) }
}

test('however many batches there are, the logs take no more of the disk than those that are needed', () =>
  withStore(new MemoryFileSystem(), async store => {
    const rolling = {
      'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': 3,
      'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': 3,
    }
    const block = 'x'.repeat(10_000)
    const seen: Record<'receivedData/0' | 'receivedBlockMetadata', { files: number[]; bytes: number[] }> = {
      'receivedData/0': { files: [], bytes: [] },
      receivedBlockMetadata: { files: [], bytes: [] },
    }
    const out = await life(rolling, 0, async running => {
      for (let round = 0; round < 10; round++) {
        await batches(running, 20, () => block)
        for (const log of ['receivedData/0', 'receivedBlockMetadata'] as const) {
          const { files, bytes } = await logFilesIn(store, log)
          seen[log].files.push(files)
          seen[log].bytes.push(bytes)
        }
      }
    })
    assert.equal(out.length, 200)
    for (const [log, { files, bytes }] of Object.entries(seen)) {
      // Ten batches of checkpoints are kept, of 3 s a file; some more are open, not yet over, or waiting to be removed.
      assert.ok(Math.max(...files) <= 8, `${log}: ${files.join()} files`)
      const [early, late] = [Math.max(...bytes.slice(1, 5)), Math.max(...bytes.slice(5))]
      assert.ok(late <= early * 1.2, `${log}: ${bytes.join()} bytes`)
    }
    assert.ok(Math.max(...seen['receivedData/0'].bytes) < 30 * block.length, 'blocks that no batch needs are gone')
  }))

test('each run of a program that is restarted again and again leaves no logs behind', () =>
  withStore(new MemoryFileSystem(), async store => {
    const counts: number[] = []
    const rolling = { 'spark.streaming.receiver.writeAheadLog.rollingIntervalSecs': 2, 'spark.streaming.driver.writeAheadLog.rollingIntervalSecs': 2 } // prettier-ignore
    for (let run = 0; run < 8; run++) {
      await life(rolling, run * 14_000, running => batches(running, 13, i => `${run} ${i}`))
      const [data, driver] = [await logFilesIn(store, 'receivedData/0'), await logFilesIn(store, 'receivedBlockMetadata')] // prettier-ignore
      counts.push(data.files + driver.files)
    }
    assert.ok(Math.max(...counts.slice(3)) <= Math.max(...counts.slice(1, 4)) + 2, counts.join())
  }))

test('both logs can be kept elsewhere: a restart reads them there, so does who looks, and there is no file of them', () =>
  withStore(new MemoryFileSystem(), async store => {
    const tables = new Map<string, Row[]>()
    const undo = registerWriteAheadLog('tables', ({ directory: name }) => {
      const rows = tables.get(name) ?? []
      tables.set(name, rows)
      return logInRows(rows)
    })
    try {
      const conf = { 'spark.streaming.receiver.writeAheadLog.class': 'tables', 'spark.streaming.driver.writeAheadLog.class': 'tables' } // prettier-ignore
      const first = await life(conf, 0, async running => {
        await batches(running, 2, i => `first ${i}`)
        await running.source.store(['waits'])
      })
      assert.deepEqual(first.slice(0, 2), [[1000, ['first 0']], [2000, ['first 1']]]) // prettier-ignore
      assert.deepEqual([...tables.keys()].sort(), ['/checkpoint/receivedBlockMetadata', '/checkpoint/receivedData/0'])
      const shown = await inspectCheckpoint(directory)
      assert.deepEqual([shown.content?.log.blocksWaiting, shown.damages], [1, []])
      const second = await life(conf, 3500, running => batches(running, 30, i => `second ${i}`))
      assert.deepEqual(second.filter(([, records]) => records.includes('waits')).length, 1)
      assert.equal(second.filter(([, records]) => records.some(record => record.startsWith('second'))).length, 30)
      const left = tables.get('/checkpoint/receivedData/0')!.filter(row => row !== undefined)
      assert.ok(left.length < 20, `${left.length} blocks are left`)
      const names = (await store.list('/checkpoint')).map(({ name }) => name)
      assert.ok(!names.some(name => name.startsWith('received')), names.join())
    } finally {
      undo()
    }
    const { damages } = await inspectCheckpoint(directory)
    assert.match(
      damages.join('\n'),
      /^What the driver’s log holds .* is not shown: The write-ahead log "tables" cannot be used/,
    )
  }))

test('a log whose class cannot be loaded lets nothing begin', () =>
  withStore(new MemoryFileSystem(), async () => {
    const conf = { 'spark.streaming.driver.writeAheadLog.class': 'no-such-log' }
    await assert.rejects(
      life(conf, 0, async ({ ssc }) => ssc.awaitTermination()),
      { code: 'WRITE_AHEAD_LOG_CLASS' },
    )
  }))

test('without allowBatching each event is written and flushed by itself', async () => {
  const flushes = async (allowBatching: boolean): Promise<number> => {
    let count = 0
    const store = faulty(new MemoryFileSystem(), ({ name, path }) => {
      if (name === 'sync' && path.includes('receivedBlockMetadata')) count++
      return undefined
    })
    await withStore(store, async () => {
      const conf = { 'spark.streaming.driver.writeAheadLog.allowBatching': allowBatching }
      await life(conf, 0, running => batches(running, 20, i => `${i}`))
    })
    return count
  }
  const [together, apart] = [await flushes(true), await flushes(false)]
  // A block, its batch, its submission, its output and its end.
  assert.ok(apart >= 100 && together < apart, `${together} and ${apart}`)
})

test('each log is flushed as its key says', async () => {
  const flushes = async (receiver: string, driver: string): Promise<Record<string, number>> => {
    const counts = { receivedData: 0, receivedBlockMetadata: 0 }
    const store = faulty(new MemoryFileSystem(), ({ name, path }) => {
      for (const log of ['receivedData', 'receivedBlockMetadata'] as const)
        if (name === 'sync' && path.includes(log)) counts[log]++
      return undefined
    })
    await withStore(store, async () => {
      const conf = { 'spark.dstream.receiver.writeAheadLog.fsync': receiver, 'spark.dstream.driver.writeAheadLog.fsync': driver } // prettier-ignore
      await life(conf, 0, running => batches(running, 20, i => `${i}`))
    })
    return counts
  }
  const commit = await flushes('commit', 'commit')
  assert.ok(commit['receivedData']! >= 20 && commit['receivedBlockMetadata']! >= 40, JSON.stringify(commit))
  assert.deepEqual(await flushes('never', 'never'), { receivedData: 0, receivedBlockMetadata: 0 })
  const sometimes = await flushes('5s', 'never')
  assert.equal(sometimes['receivedBlockMetadata'], 0)
  assert.ok(sometimes['receivedData']! > 0 && sometimes['receivedData']! < 10, JSON.stringify(sometimes))
})
