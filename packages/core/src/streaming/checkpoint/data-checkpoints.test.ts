import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { parentsFirst } from '../../rdd/plan/walk.ts'
import { faulty, MemoryFileSystem, registerFileSystem, type FileSystem } from '../../storage/index.ts'
import { BatchInput, collectBatches, runBatches, streamingTest, type StreamingTest } from '../../testing/index.ts'
import { Seconds, Time } from '../../time/index.ts'
import type { DStream } from '../dstream/dstream.ts'
import { StateSpec, type State } from '../state/index.ts'

type Pair = readonly [string, number]
let store: FileSystem
let stopServing: () => void
beforeEach(() => {
  store = new MemoryFileSystem()
  stopServing = registerFileSystem('memory', () => store)
})
let open: StreamingTest | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
  stopServing()
})

const add = (a: number, b: number): number => a + b
const update = (values: readonly number[], sum: number | undefined): number => values.reduce(add, sum ?? 0)
const runningSum = (key: string, value: number | undefined, state: State<number>) => {
  state.update((state.getOption() ?? 0) + (value ?? 0))
  return [key, state.get()]
}

/** Batches of one pair for each of `keys` keys. */
function ones(batches: number, keys: number): Pair[][] {
  return Array.from({ length: batches }, () => Array.from({ length: keys }, (_, i): Pair => [`key${i}`, 1]))
}

function setUp(): StreamingTest {
  const made = (open = streamingTest())
  made.sparkContext.setLogLevel('OFF')
  made.ssc.checkpoint('memory:///checkpoint')
  return made
}

/** The times of which something is saved, of each stream. */
async function savedTimes(): Promise<Record<string, string[]>> {
  const [run] = await store.list('/checkpoint/data')
  const streams = await store.list(run!.path)
  const times = await Promise.all(streams.map(({ path }) => store.list(path)))
  return Object.fromEntries(streams.map(({ name }, i) => [name, times[i]!.map(time => time.name)]))
}

const stateful: Readonly<Record<string, (pairs: DStream<Pair>) => DStream<readonly [string, number]>>> = {
  updateStateByKey: pairs => pairs.updateStateByKey(update),
  mapWithState: pairs => pairs.mapWithState(StateSpec.function(runningSum)).stateSnapshots(),
  'an incremental window': pairs => pairs.reduceByKeyAndWindow(add, (a, b) => a - b, Seconds(5), Seconds(1)),
}

for (const [name, through] of Object.entries(stateful)) {
  test(`${name}: over 1,000 batches neither the plan nor what is saved grows`, async () => {
    const { ssc } = setUp()
    const sizes: number[] = []
    let last: readonly (readonly [string, number])[] = []
    through(new BatchInput(ssc, ones(1000, 100))).foreachRDD(async rdd => {
      sizes.push(parentsFirst(rdd.node).length)
      last = await rdd.collect()
    })
    ssc.start()
    await runBatches(ssc, 1000)
    assert.equal(last.length, 100)
    assert.ok(last.every(([, sum]) => sum === (name === 'an incremental window' ? 5 : 1000)))
    assert.equal(Math.max(...sizes.slice(500)), Math.max(...sizes.slice(20, 60)))
    for (const times of Object.values(await savedTimes())) assert.ok(times.length <= 5, String(times))
  })

  test(`${name}: versions that were lost are made again from what was saved and the batches since`, async () => {
    const { ssc, sparkContext } = setUp()
    const out = collectBatches(through(new BatchInput(ssc, ones(40, 3))))
    ssc.start()
    for (let batch = 1; batch <= 40; batch++) {
      await runBatches(ssc, 1)
      // Everything that the engine holds, as if all workers had died.
      if (batch % 7 === 0) sparkContext.engine.release(Array.from({ length: sparkContext.nextNodeId }, (_, id) => id))
    }
    const expected = out.map((_, i) => (name === 'an incremental window' ? Math.min(i + 1, 5) : i + 1))
    assert.deepEqual(out.map(({ records }) => records.map(([, sum]) => sum)), expected.map(n => [n, n, n])) // prettier-ignore
  })
}

test('any stream can be checkpointed: what was saved stands for its RDD', async () => {
  const { ssc, sparkContext } = setUp()
  const stream = new BatchInput(ssc, ones(6, 2)).map(([key, n]) => [key, n + 1]).checkpoint(Seconds(3))
  const windows = collectBatches(stream.window(Seconds(2)))
  ssc.start()
  await runBatches(ssc, 3)
  sparkContext.engine.release(Array.from({ length: sparkContext.nextNodeId }, (_, id) => id))
  await runBatches(ssc, 1)
  assert.deepEqual(windows.map(({ records }) => records.length), [2, 4, 4, 4]) // prettier-ignore
  const [rdd] = await stream.slice(new Time(3000), new Time(3000))
  assert.deepEqual(parentsFirst(rdd!.node).map(node => node.kind), ['source', 'concat']) // prettier-ignore
})

test('a checkpoint that cannot be written costs nothing but a longer plan', async () => {
  const { ssc } = setUp()
  store = faulty(new MemoryFileSystem(), ({ name }) => (name === 'createWriter' ? 'ENOSPC' : undefined))
  const out = collectBatches(new BatchInput(ssc, ones(25, 1)).updateStateByKey(update))
  ssc.start()
  await runBatches(ssc, 25)
  assert.deepEqual(out.map(({ records }) => records), out.map((_, i) => [['key0', i + 1]])) // prettier-ignore
})

test('a save that failed and could not be removed either stays when the end of the run has made it again', async () => {
  const { ssc } = setUp()
  let [broken, stopping] = [true, false]
  store = faulty(new MemoryFileSystem(), ({ name, path }) => {
    if (path.endsWith('/20000/_SAVED')) broken = false
    const isHit = path.includes('20000') && (name === 'delete' || (name === 'createWriter' && !stopping))
    return broken && isHit ? 'EIO' : undefined
  })
  collectBatches(new BatchInput(ssc, ones(20, 3)).updateStateByKey(update))
  ssc.start()
  await runBatches(ssc, 20)
  stopping = true
  await ssc.stop(false, true)
  assert.deepEqual(Object.values(await savedTimes()), [['10000', '20000']])
})

test('what a task writes of a save that has failed already is removed', async () => {
  const { ssc } = setUp()
  const isBroken = (path: string): boolean => path.endsWith('/20000/part-00000')
  store = faulty(new MemoryFileSystem(), ({ path }) => (isBroken(path) ? 'EIO' : undefined))
  collectBatches(new BatchInput(ssc, ones(22, 3)).updateStateByKey(update))
  ssc.start()
  await runBatches(ssc, 20)
  assert.deepEqual(Object.values(await savedTimes()), [['10000']])
  await store.create('/checkpoint/data/1/stream-1/20000/part-00001', Buffer.from('late'))
  await runBatches(ssc, 2)
  assert.deepEqual(Object.values(await savedTimes()), [['10000']])
})

test('a saved file that was changed fails the batch that has to read it, and says which it is', async () => {
  const { ssc, sparkContext } = setUp()
  const out = collectBatches(new BatchInput(ssc, ones(12, 1)).updateStateByKey(update))
  ssc.start()
  await runBatches(ssc, 11)
  const [run] = await store.list('/checkpoint/data')
  const [stream] = await store.list(run!.path)
  for (const partition of [0, 1]) await store.create(`${stream!.path}/10000/part-0000${partition}`, Buffer.from('?'))
  sparkContext.engine.release(Array.from({ length: sparkContext.nextNodeId }, (_, id) => id))
  const failed = assert.rejects(ssc.awaitTermination(), error => {
    const texts: string[] = []
    for (let at = error; at instanceof Error; at = at.cause) texts.push(at.message)
    return /part-0000. is no whole file of saved records/.test(texts.join('\n'))
  })
  await runBatches(ssc, 1)
  await failed
  assert.equal(out.length, 11)
})
