import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { parentsFirst } from '../../rdd/plan/walk.ts'
import { stateMagic } from '../../rdd/saved/state-file.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { StreamingContext } from '../context/streaming-context.ts'
import type { DStream } from '../dstream/dstream.ts'
import { StateSpec, type State } from '../state/index.ts'

type Pair = readonly [string, number]

const directory = 'memory:///checkpoint'
const keys = 60
/** Of the long runs. */
const batches = Number(process.env['DSTREAM_TEST_BATCHES'] ?? 600)
let store: MemoryFileSystem
let sparkContext: SparkContext
let undo: () => void
beforeEach(() => {
  store = new MemoryFileSystem()
  undo = registerFileSystem('memory', () => store)
  registerEngine('local', () => new ReferenceEngine())
  sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('deltas'))
  sparkContext.setLogLevel('OFF')
})
afterEach(async () => {
  await StreamingContext.getActive()?.stop(false)
  await sparkContext.stop()
  undo()
})

/** One key in each batch, each in its turn, and all of them in the first. */
const touched = (batch: number): Pair[] =>
  batch === 0 ? Array.from({ length: keys }, (_, i): Pair => [`key${i}`, 1]) : [[`key${batch % keys}`, 1]]

/** What the state is after so many batches. */
function expected(batches: number): Pair[] {
  const sums = new Map<string, number>()
  for (let batch = 0; batch < batches; batch++)
    for (const [key, n] of touched(batch)) sums.set(key, (sums.get(key) ?? 0) + n)
  return [...sums].sort(byKey)
}
const byKey = ([a]: Pair, [b]: Pair): number => (a < b ? -1 : 1)

const add = (values: readonly number[], sum: number | undefined): number => values.reduce((a, b) => a + b, sum ?? 0)
const addTo = (_key: string, value: number | undefined, sum: State<number>): void =>
  sum.update((sum.getOption() ?? 0) + (value ?? 0))

type Build = (pairs: DStream<Pair>, partitions: number) => DStream<Pair>
const builds: Readonly<Record<string, Build>> = {
  updateStateByKey: (pairs, partitions) => pairs.updateStateByKey(add, partitions).uid('sums').checkpoint(Seconds(2)),
  mapWithState: (pairs, partitions) =>
    pairs.mapWithState(StateSpec.function(addTo).numPartitions(partitions)).uid('sums').checkpoint(Seconds(2)).stateSnapshots(), // prettier-ignore
}

interface Seen {
  last: readonly Pair[]
  readonly planSizes: number[]
}

/** Runs from the checkpoint, or anew, up to this batch. */
async function runTo(batch: number, build: Build, partitions = 2, onBatch?: () => Promise<void>): Promise<Seen> {
  const clock = new ManualClock(((await newestBatch()) + 0.5) * 1000)
  const seen: Seen = { last: [], planSizes: [] }
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(directory)
    const input = new BatchInput(
      made,
      Array.from({ length: batch }, (_, i) => touched(i)),
    )
    build(input, partitions).foreachRDD(async rdd => {
      seen.planSizes.push(parentsFirst(rdd.node).length)
      seen.last = (await rdd.collect()).sort(byKey)
    })
    return made
  })
  ssc.start()
  await untilIdle(ssc)
  while (clock.now() < batch * 1000) {
    clock.setTo(Math.floor(clock.now() / 1000 + 1) * 1000)
    await untilIdle(ssc)
    await onBatch?.()
  }
  const failed = await Promise.race([ssc.awaitTermination().catch((error: unknown) => error), Promise.resolve()])
  await ssc.stop(false)
  if (failed !== undefined) throw failed
  return seen
}

async function newestBatch(): Promise<number> {
  if ((await store.stat('/checkpoint')) === undefined) return 0
  const times = (await store.list('/checkpoint')).map(({ name }) => /^checkpoint-(\d+)$/.exec(name)?.[1])
  return Math.max(0, ...times.map(time => Number(time ?? 0))) / 1000
}

/** Every saved time of every run, as a path below the data. */
async function saves(): Promise<string[]> {
  const found: string[] = []
  for (const run of await store.list('/checkpoint/data'))
    for (const stream of await store.list(run.path))
      for (const time of await store.list(stream.path)) found.push(time.path.slice('/checkpoint/data/'.length))
  return found
}

/** How many of the parts that are there are deltas. */
async function deltas(): Promise<number> {
  let count = 0
  for (const save of await saves()) {
    const reader = await store.open(`/checkpoint/data/${save}/part-00000`)
    const head = Buffer.from(await reader.read(0, 12))
    assert.ok(head.subarray(0, 8).equals(stateMagic))
    count += head.readUInt16LE(10) & 1
  }
  return count
}

for (const [name, build] of Object.entries(builds)) {
  test(`${name}: state is saved as what has changed, and neither plans nor what is on disk grow`, async () => {
    const most = { saves: 0, deltas: 0 }
    let batch = 0
    const seen = await runTo(batches, build, 2, async () => {
      if (++batch % 97 !== 0) return
      most.saves = Math.max(most.saves, (await saves()).length)
      most.deltas = Math.max(most.deltas, await deltas())
    })
    assert.deepEqual(seen.last, expected(batches))
    assert.equal(Math.max(...seen.planSizes.slice(batches / 2)), Math.max(...seen.planSizes.slice(40, 100)))
    assert.ok(most.deltas > 5, `${most.deltas} deltas`)
    assert.ok(most.saves < 40, `${most.saves} saves`)
  })

  test(`${name}: each run goes on from the deltas of the one before, whatever the number of partitions`, async () => {
    for (const [run, partitions] of [2, 2, 3, 3, 2].entries()) {
      const batch = 25 * (run + 1) + run
      assert.deepEqual((await runTo(batch, build, partitions)).last, expected(batch), `run ${run}`)
      assert.ok((await deltas()) > 0)
    }
  })
}

test('what earlier runs have left behind goes once no checkpoint of them is there, what a later run writes stays', async () => {
  const { mapWithState: build } = builds
  await runTo(30, build!)
  const left = ['1/stream-2/5000', '1/stream-77/7000', '0/stream-2/1000']
  for (const save of [...left, '99/stream-2/1000'])
    await store.create(`/checkpoint/data/${save}/part-00000`, Buffer.from('half'))
  await runTo(35, build!)
  assert.deepEqual((await saves()).filter(save => left.includes(save)).sort(), left.toSorted())
  const { last } = await runTo(95, build!)
  assert.deepEqual(last, expected(95))
  const runs = (await store.list('/checkpoint/data')).map(({ name }) => name)
  assert.deepEqual(
    (await saves()).filter(save => left.includes(save)),
    [],
  )
  assert.ok(runs.includes('99') && !runs.includes('0') && !runs.includes('1'), String(runs))
})
