import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import type { DStream } from '../dstream/dstream.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'

interface Run {
  readonly ssc: StreamingContext
  readonly source: Source
  readonly clock: ManualClock
  readonly out: [timeMs: number, records: readonly string[]][]
}

/** Starts a program with a receiver and with a directory of files, from its checkpoint or anew; ends it with `stop`. */
function program(t: TestContext, { log = true, unpersist = true } = {}) {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const putBack = registerEngine('local', () => new ReferenceEngine())
  t.after(() => putBack())
  const start = async (fromMs: number, build = (stream: DStream<string>) => stream, logs = log): Promise<Run> => {
    const conf = new SparkConf(false).setMaster('local[2]').setAppName('left').set('spark.log.level', 'OFF')
    conf.set('spark.streaming.receiver.writeAheadLog.enable', logs).set('spark.streaming.unpersist', unpersist)
    const sparkContext = new SparkContext(conf)
    const clock = new ManualClock(fromMs)
    const source = new Source()
    const out: Run['out'] = []
    const ssc = await StreamingContext.getOrCreate(directory, () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock })
      made.checkpoint(directory)
      const read = ({ path }: { readonly path: string }) => [path.slice('memory:///in/'.length)]
      const files = made.fileStream('memory:///in', { read })
      build(made.receiverStream(source, { thread: 'main' }).union(files)).foreachRDD(async (rdd, time) => {
        out.push([time.milliseconds, await rdd.collect()])
      })
      return made
    })
    ssc.start()
    ssc.awaitTermination().catch(() => undefined)
    await untilIdle(ssc)
    await source.started.promise
    return { ssc, source, clock, out }
  }
  const addFile = async (name: string, modifiedMs: number) => {
    await store.create(`/in/${name}`, Buffer.from(name))
    store.touch(`/in/${name}`, modifiedMs)
  }
  return { store, start, addFile }
}

async function tick({ ssc, clock }: Run, toMs: number): Promise<void> {
  clock.setTo(toMs)
  await untilIdle(ssc)
}

test('a batch that could not be made is made after the restart, with its blocks and files, though later ones went on', async t => {
  const { start, addFile } = program(t)
  const failing = (stream: DStream<string>) =>
    stream.transform((rdd, time) => {
      if (time.milliseconds === 2000) throw new Error('the lookup service is down')
      return rdd
    })
  const first = await start(0, failing)
  await tick(first, 1000)
  await first.source.store(['acknowledged'])
  await addFile('file', 1500)
  for (const ms of [2000, 3000, 4000]) await tick(first, ms)
  await first.ssc.stop(true)
  assert.deepEqual(first.out, [[1000, []], [3000, []], [4000, []]]) // prettier-ignore
  const second = await start(4500)
  await tick(second, 5000)
  await second.ssc.stop(true)
  assert.deepEqual(second.out, [[2000, ['acknowledged', 'file']], [4000, []], [5000, []]]) // prettier-ignore
})

test('what was logged is read also by a run that does not log', async t => {
  const { start } = program(t)
  const first = await start(0)
  await first.source.store(['a'])
  await tick(first, 1000)
  await first.source.store(['waits'])
  await first.ssc.stop(true)
  const second = await start(2500, stream => stream, false)
  await second.source.store(['not logged'])
  for (let ms = 3000; ms <= 20_000; ms += 1000) await tick(second, ms)
  await second.ssc.stop(true)
  assert.deepEqual(second.out.slice(0, 3), [[1000, ['a']], [2000, ['waits']], [3000, ['not logged']]]) // prettier-ignore
  const third = await start(20_500)
  await third.source.store(['b'])
  await tick(third, 21_000)
  await third.ssc.stop(true)
  assert.deepEqual(third.out, [[20_000, []], [21_000, ['b']]]) // prettier-ignore
})

for (const log of [true, false])
  for (const unpersist of [true, false])
    test(`a checkpoint does not grow with the batches (log ${log}, unpersist ${unpersist})`, async t => {
      const { store, start, addFile } = program(t, { log, unpersist })
      const run = await start(0)
      const bytesAfter = async (batches: number): Promise<number> => {
        for (let n = 0; n < batches; n++) {
          const nowMs = run.clock.now()
          await run.source.store(['x'])
          await addFile(`f-${nowMs}`, nowMs + 500)
          await store.delete(`/in/f-${nowMs - 80_000}`)
          await tick(run, nowMs + 1000)
        }
        const name = `/checkpoint/checkpoint-${run.clock.now()}`
        return (await store.stat(name))?.length ?? NaN
      }
      const early = await bytesAfter(100)
      const late = await bytesAfter(100)
      await run.ssc.stop(true)
      assert.ok(Math.abs(late - early) < early / 10, `${early} bytes, later ${late}`)
    })

test('a stop while the start is still opening the directory lets it go', async t => {
  const { start } = program(t)
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('left').set('spark.log.level', 'OFF')
  const ssc = new StreamingContext(new SparkContext(conf), Seconds(1), { clock: new ManualClock(0) })
  ssc.checkpoint(directory)
  ssc.fileStream('memory:///in').print()
  ssc.start()
  await ssc.stop(true)
  const second = await start(500)
  await tick(second, 1000)
  await second.ssc.stop(true)
  assert.deepEqual(second.out, [[1000, []]])
})
