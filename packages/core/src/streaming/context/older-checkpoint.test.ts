import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { registerWriteAheadLog, type CustomWriteAheadLog } from '../write-ahead-log/index.ts'
import { logInRows } from '../write-ahead-log/log-for-tests.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'
const hourMs = 3_600_000

function newSparkContext(t: TestContext, logs: 'files' | 'rows'): SparkContext {
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('older').set('spark.log.level', 'OFF')
  conf.set('spark.streaming.receiver.writeAheadLog.enable', true)
  for (const log of ['receiver', 'driver']) {
    conf.set(`spark.streaming.${log}.writeAheadLog.rollingIntervalSecs`, 1)
    if (logs === 'rows') conf.set(`spark.streaming.${log}.writeAheadLog.class`, 'rows')
  }
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const sparkContext = new SparkContext(conf)
  putBack()
  t.after(async () => {
    await StreamingContext.getActive()?.stop(false)
    await sparkContext.stop()
  })
  return sparkContext
}

/** Gives the program a store and a clock of its own. */
async function inNewPlace(action: (store: MemoryFileSystem, clock: ManualClock) => Promise<void>): Promise<void> {
  const store = new MemoryFileSystem()
  const tables = new Map<string, CustomWriteAheadLog>()
  const open = (name: string): CustomWriteAheadLog => {
    if (!tables.has(name)) tables.set(name, logInRows([]))
    return tables.get(name)!
  }
  const undo = [
    registerFileSystem('memory', () => store),
    registerWriteAheadLog('rows', place => open(place.directory)),
  ]
  try {
    await action(store, new ManualClock(100 * hourMs))
  } finally {
    for (const one of undo) one()
  }
}

/** A life of the program; `out` gets what each batch had. */
async function start(sparkContext: SparkContext, clock: ManualClock, out: Map<number, readonly string[]>) {
  const source = new Source()
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(directory)
    made.receiverStream(source, { thread: 'main' }).foreachRDD(async (rdd, time) => {
      out.set(time.milliseconds, await rdd.collect())
    })
    return made
  })
  ssc.start()
  await source.started.promise
  await untilIdle(ssc)
  return { ssc, source }
}

/** Breaks every checkpoint but the oldest, and gives the batch of that. */
async function breakNewer(store: MemoryFileSystem): Promise<number> {
  const files = (await store.list('/checkpoint')).filter(({ name }) => /^checkpoint-\d+(\.bk)?$/.test(name))
  const timeOf = (name: string): number => Number(/\d+/.exec(name)![0])
  const oldestMs = Math.min(...files.map(({ name }) => timeOf(name)))
  for (const { name, path } of files) if (timeOf(name) !== oldestMs) await store.create(path, Buffer.from('broken'))
  return oldestMs
}

test('a batch that had nothing, as one that was due with it took all that waited, has nothing again after a restart', t =>
  inNewPlace(async (store, clock) => {
    const sparkContext = newSparkContext(t, 'files')
    const [out, again] = [new Map<number, readonly string[]>(), new Map<number, readonly string[]>()]
    const { ssc, source } = await start(sparkContext, clock, out)
    await source.store(['early'])
    clock.jump(3000)
    await untilIdle(ssc)
    await source.store(['late'])
    await ssc.stop(false)
    const first = [['early'], [], []]
    assert.deepEqual([...out.values()], first)
    await breakNewer(store)
    const second = await start(sparkContext, clock, again)
    clock.advance(1000)
    await untilIdle(second.ssc)
    await second.ssc.stop(false)
    assert.deepEqual([...again.values()], [...first, ['late']])
  }))

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('batch' as const) },
  { weight: 6, arbitrary: fc.constant('store' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 1, arbitrary: fc.record({ jumpMs: fc.constantFrom(-hourMs, -5000, -500, 5000) }) },
)

for (const logs of ['files', 'rows'] as const) {
  test(`a restart from the oldest checkpoint has all that came after it, though the clock was put back an hour meanwhile: logs as ${logs}`, t =>
    inNewPlace(async (store, clock) => {
      const sparkContext = newSparkContext(t, logs)
      const [out, again] = [new Map<number, readonly string[]>(), new Map<number, readonly string[]>()]
      const { ssc, source } = await start(sparkContext, clock, out)
      const pass = async (ms: number): Promise<void> => {
        clock.advance(ms)
        await untilIdle(ssc)
      }
      await source.store(['before'])
      for (let batch = 1; batch <= 14; batch++) await pass(1000)
      clock.jump(-hourMs)
      await source.store(['put back'])
      await pass(hourMs / 2)
      await source.store(['on the way'])
      await pass(hourMs / 2)
      for (let batch = 1; batch <= 9; batch++) {
        await source.store([`after ${batch}`])
        await pass(1000)
      }
      await ssc.stop(false)
      const oldestMs = await breakNewer(store)
      assert.equal(oldestMs, 100 * hourMs + 14_000, 'the last one before')
      const last = await start(sparkContext, clock, again)
      await last.ssc.stop(false)
      assert.deepEqual(again.get(oldestMs + 1000), ['put back', 'on the way', 'after 1'])
      for (let batch = 2; batch <= 9; batch++) assert.deepEqual(again.get(oldestMs + batch * 1000), [`after ${batch}`])
    }))

  test(`a restart from the oldest checkpoint has all that came after it, however the clock jumps: logs as ${logs}`, async t => {
    const sparkContext = newSparkContext(t, logs)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 100 }), steps =>
        inNewPlace(async (store, clock) => {
          const [out, again] = [new Map<number, readonly string[]>(), new Map<number, readonly string[]>()]
          let { ssc, source } = await start(sparkContext, clock, out)
          for (const [i, next] of steps.entries()) {
            if (next === 'store') await source.store([`record ${i}`])
            else if (next === 'batch') clock.setTo(ssc.run!.nextBatchMs)
            else if (next === 'restart') {
              await ssc.stop(false)
              ;({ ssc, source } = await start(sparkContext, clock, out))
            } else clock.jump(next.jumpMs)
            await untilIdle(ssc)
          }
          await ssc.stop(false)
          const oldestMs = await breakNewer(store)
          const last = await start(sparkContext, clock, again)
          await last.ssc.stop(false)
          for (const [timeMs, records] of out) if (timeMs >= oldestMs) assert.deepEqual(again.get(timeMs), records)
        }),
      ),
      { numRuns: 25 },
    )
  })
}
