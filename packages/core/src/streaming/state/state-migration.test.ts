import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { StreamingContext } from '../context/streaming-context.ts'
import type { DStream } from '../dstream/dstream.ts'
import type { RecoveryReport } from '../checkpoint/recovery-report.ts'
import { StateSpec, type State } from './index.ts'

const directory = 'memory:///checkpoint'
let sparkContext: SparkContext
let undo: () => void

beforeEach(() => {
  const store = new MemoryFileSystem()
  undo = registerFileSystem('memory', () => store)
  registerEngine('local', () => new ReferenceEngine())
  sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('migration'))
  sparkContext.setLogLevel('OFF')
})
afterEach(async () => {
  await StreamingContext.getActive()?.stop(false)
  await sparkContext.stop()
  undo()
})

type Pairs = DStream<readonly [string, number]>
type Program = (pairs: Pairs) => DStream<unknown>
interface Ran {
  /** The sorted records of the last batch. */
  readonly last: unknown
  readonly report: RecoveryReport | undefined
}

/** Goes on from the checkpoint, or begins, until the batch at `untilMs` has ended. Each batch has one pair for `a` and, at first, one for `b`. */
async function run(program: Program, fromMs: number, untilMs: number): Promise<Ran> {
  const clock = new ManualClock(fromMs)
  let last: unknown
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(directory)
    const batches = Array.from({ length: 60 }, (_, i): [string, number][] => [['a', 1], ...(i < 3 ? [['b', 1] as [string, number]] : [])]) // prettier-ignore
    program(new BatchInput(made, batches)).foreachRDD(async rdd => void (last = (await rdd.collect()).sort()))
    return made
  })
  ssc.start()
  await untilIdle(ssc)
  while (clock.now() < untilMs) {
    clock.setTo(Math.min(untilMs, clock.now() + 1000))
    await untilIdle(ssc)
  }
  const failed = await Promise.race([ssc.awaitTermination().catch((error: unknown) => error), Promise.resolve()])
  await ssc.stop(false)
  if (failed !== undefined) throw failed
  return { last, report: ssc.recoveryReport }
}

interface Sum {
  readonly sum: number
  readonly migrations: number
}
const numbers: Program = pairs =>
  pairs
    .updateStateByKey((ones: readonly number[], sum: number | undefined) => (sum ?? 0) + ones.length)
    .checkpoint(Seconds(5))
    .uid('sums')
const objects =
  (partitions: number): Program =>
  pairs =>
    pairs
      .updateStateByKey(
        (ones: readonly number[], state: Sum | undefined): Sum => ({
          sum: (state?.sum ?? 0) + ones.length,
          migrations: state?.migrations ?? 0,
        }),
        {
          numPartitions: partitions,
          version: 1,
          migrate: (key, sum: number) => (key === 'b' ? undefined : { sum, migrations: 1 }),
        },
      )
      .checkpoint(Seconds(5))
      .uid('sums')

test('states of an earlier version go through the migration once, however often the program starts again before they are saved anew', async () => {
  await run(numbers, 0, 12_000)
  const first = await run(objects(2), 12_000, 13_000)
  assert.deepEqual(first.last, [['a', { sum: 13, migrations: 1 }]])
  assert.deepEqual(
    first.report!.streams.map(({ key, outcome, note }) => [key, outcome, note]),
    [
      ['BatchInput', 'kept', ''],
      ['sums', 'changed', 'another update function, states of version 0, now 1'],
    ],
  )
  const second = await run(objects(3), 13_000, 27_000)
  assert.deepEqual(second.last, [['a', { sum: 27, migrations: 1 }]])
  const third = await run(objects(3), 27_000, 28_000)
  assert.deepEqual(third.last, [['a', { sum: 28, migrations: 1 }]])
  assert.equal(third.report!.streams[1]!.outcome, 'kept')
})

test('without a migration, or with an older program, states of another version are refused before anything starts', async () => {
  const versioned =
    (version: number): Program =>
    pairs =>
      pairs
        .updateStateByKey((ones: readonly number[], sum: number | undefined) => (sum ?? 0) + ones.length, { version })
        .checkpoint(Seconds(5))
        .uid('sums')
  await run(versioned(2), 0, 12_000)
  await assert.rejects(run(versioned(3), 12_000, 13_000), { code: 'STATE_VERSION', message: /version 2.* version 3 and no function/ }) // prettier-ignore
  await assert.rejects(run(versioned(1), 12_000, 13_000), { code: 'STATE_VERSION', message: /version 2.* version 1\n/ })
  await run(versioned(2), 12_000, 13_000)
})

test('a version that is no whole number from 1 on is refused where it is given', async () => {
  for (const version of [0, 1.5, -1]) {
    await assert.rejects(run(pairs => pairs.updateStateByKey(() => 1, { version }), 0, 1000), { code: 'STATE_VERSION_NUMBER' }) // prettier-ignore
  }
  await assert.rejects(run(pairs => pairs.updateStateByKey(() => 1, { migrate: () => 1 }), 0, 1000), { code: 'STATE_VERSION_NUMBER' }) // prettier-ignore
})

const mapped =
  (migrate: (key: string, sum: number) => Sum | undefined, partitions = 2): Program =>
  pairs =>
    pairs
      .mapWithState(
        StateSpec.function((key: string, _: number | undefined, state: State<Sum>) => {
          if (state.isTimingOut()) return [key, 'over']
          const before = state.getOption()
          state.update({ sum: (before?.sum ?? 0) + 1, migrations: before?.migrations ?? 0 })
          return [key, state.get()]
        })
          .timeout(Seconds(20))
          .numPartitions(partitions)
          .version(1, migrate),
      )
      .checkpoint(Seconds(5))
      .uid('sums')

test('an updateStateByKey goes on as a mapWithState of the same uid, its keys updated last when they were saved', async () => {
  await run(numbers, 0, 12_000)
  const { last, report } = await run(mapped((_, sum) => ({ sum, migrations: 1 })), 12_000, 29_000) // prettier-ignore
  assert.deepEqual(last, [['a', { sum: 29, migrations: 1 }]])
  assert.match(report!.streams[1]!.note, /^it was an updateStateByKey, timeout none, now 20000/)
  assert.deepEqual((await run(mapped((_, sum) => ({ sum, migrations: 1 })), 29_000, 35_000)).last, [['a', { sum: 35, migrations: 1 }], ['b', 'over']]) // prettier-ignore
})

test('a mapWithState goes on as an updateStateByKey', async () => {
  const before: Program = pairs =>
    pairs
      .mapWithState(
        StateSpec.function((_key: string, one: number | undefined, state: State<number>) =>
          state.update((state.getOption() ?? 0) + (one ?? 0)),
        ),
      ) // prettier-ignore
      .checkpoint(Seconds(5))
      .uid('sums')
  await run(before, 0, 12_000)
  const { last, report } = await run(objects(3), 12_000, 13_000)
  assert.deepEqual(last, [['a', { sum: 13, migrations: 1 }]])
  assert.match(report!.streams[1]!.note, /^it was a mapWithState, 2 partitions, now 3/)
})

test('another number of partitions leaves the times at which keys were updated as they were', async () => {
  const still = (): undefined => undefined
  await run(mapped(still, 2), 0, 12_000)
  await run(mapped(still, 3), 12_000, 24_000)
  const { last } = await run(mapped(still, 3), 24_000, 25_000)
  assert.deepEqual(last, [['a', { sum: 25, migrations: 0 }], ['b', 'over']]) // prettier-ignore
})
