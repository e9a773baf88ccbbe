import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { Source } from './source-for-tests.ts'
import { StreamingContext } from './streaming-context.ts'

/* What docs/semantics.md says of crashes of the process, in virtual time. */

const directory = 'memory:///checkpoint'

/** A process: what it put out, batch by batch, and its receiver. */
interface Life {
  readonly clock: ManualClock
  readonly ssc: StreamingContext
  readonly source: Source
  readonly out: [timeMs: number, records: readonly string[]][]
  readonly sums: [timeMs: number, sums: readonly (readonly [string, number])[]][]
}

/** A program that counts what its receiver stores; it can be started again after a crash. */
function program(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  let store = new MemoryFileSystem()
  let unregister = registerFileSystem('memory', () => store)
  t.after(() => unregister())
  const putBack = registerEngine('local', () => new ReferenceEngine())
  const conf = new SparkConf(false).setMaster('local[2]').setAppName('semantics').set('spark.log.level', 'OFF')
  const sparkContext = new SparkContext(conf.setAll(settings))
  putBack()
  t.after(() => sparkContext.stop())

  const start = async (nowMs: number): Promise<Life> => {
    const life = { clock: new ManualClock(nowMs), source: new Source(), out: [], sums: [] } as unknown as Life
    const ssc = await StreamingContext.getOrCreate(directory, () => {
      const made = new StreamingContext(sparkContext, Seconds(1), { clock: life.clock })
      made.checkpoint(directory)
      const words = made.receiverStream(life.source, { thread: 'main' })
      words.foreachRDD(async (rdd, time) => void life.out.push([time.milliseconds, await rdd.collect()]))
      const sums = words.map(word => [word, 1]).updateStateByKey((ones, sum: number = 0) => ones.length + sum, 1)
      sums.checkpoint(Seconds(1)).foreachRDD(async (rdd, time) => {
        life.sums.push([time.milliseconds, (await rdd.collect()) as [string, number][]])
      })
      return made
    })
    ssc.start()
    await untilIdle(ssc)
    await life.source.started.promise
    return Object.assign(life, { ssc })
  }
  /** The process is gone; what it had written is there. */
  const crash = async ({ ssc }: Life): Promise<void> => {
    const left = await copyOf(store)
    await ssc.stop(false)
    // What the stop has still written is of no process that has crashed.
    store = left
    unregister()
    unregister = registerFileSystem('memory', () => store)
  }
  return { start, crash }
}

/** A copy of what was written; who wrote it does not live any more. */
async function copyOf(store: MemoryFileSystem, at = '/', copy = new MemoryFileSystem()): Promise<MemoryFileSystem> {
  for (const { path, name, isDirectory, length } of await store.list(at)) {
    if (isDirectory) {
      await copyOf(store, path, copy)
      continue
    }
    const bytes = await (await store.open(path)).read(0, length)
    const released = (): Uint8Array =>
      Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(bytes).toString()) as object), released: true }))
    await copy.create(path, name.startsWith('lease-') ? released() : bytes)
  }
  return copy
}

/** Lets time pass, batch by batch and block by block. */
async function until({ clock, ssc }: Life, ms: number): Promise<void> {
  while (clock.now() < ms) {
    clock.setTo(Math.min(ms, clock.now() + 50))
    await untilIdle(ssc)
  }
}

/**
 * A crash at 1500 ms. `a` was processed in the batch of 1000 ms; `b` waits in a block, `c` in the buffer of the block that has begun.
 */
async function crashed(
  t: TestContext,
  settings: Readonly<Record<string, string>>,
): Promise<{ first: Life; second: Life }> {
  const { start, crash } = program(t, settings)
  const first = await start(0)
  void first.source.store('a')
  await until(first, 1000)
  void first.source.store('b')
  await until(first, 1450)
  void first.source.store('c')
  await until(first, 1500)
  await crash(first)
  const second = await start(2500)
  await until(second, 4000)
  await second.ssc.stop(false)
  return { first, second }
}

const withLog = { 'spark.streaming.receiver.writeAheadLog.enable': 'true' }

test('unreliable receiver, no log: what was received and not processed is lost, and batches that are run again are empty', async t => {
  const { first, second } = await crashed(t, {})
  assert.deepEqual(first.out, [[1000, ['a']]])
  assert.deepEqual(second.out, [[1000, []], [2000, []], [3000, []], [4000, []]]) // prettier-ignore
})

test('unreliable receiver, no log: state has what was in it when it was last saved', async t => {
  const { second } = await crashed(t, {})
  assert.deepEqual(second.sums.at(-1), [4000, [['a', 1]]])
})

test('unreliable receiver, log: only the buffer of the block that had begun is lost', async t => {
  const { first, second } = await crashed(t, withLog)
  assert.deepEqual(first.out, [[1000, ['a']]])
  assert.deepEqual(second.out, [[1000, ['a']], [2000, ['b']], [3000, []], [4000, []]]) // prettier-ignore
  assert.deepEqual(second.sums.at(-1), [4000, [['a', 1], ['b', 1]]]) // prettier-ignore
})

/** A crash after `b` and `c` were acknowledged, before their batch. */
const acknowledged =
  (settings: Readonly<Record<string, string>>, kept: readonly string[]) =>
  async (t: TestContext): Promise<void> => {
    const { start, crash } = program(t, settings)
    const first = await start(0)
    await first.source.store(['a'])
    await until(first, 1000)
    await first.source.store(['b'])
    await first.source.store(['c'])
    await crash(first)
    const second = await start(1500)
    await until(second, 2000)
    await second.ssc.stop(false)
    assert.deepEqual(second.out.at(-1), [2000, kept])
    assert.deepEqual(second.sums.at(-1)?.[1].map(([word]) => word), ['a', ...kept]) // prettier-ignore
  }

test('reliable receiver, log: nothing that was acknowledged is lost', acknowledged(withLog, ['b', 'c']))

test('reliable receiver, no log: what was acknowledged and not processed is lost', acknowledged({}, []))
