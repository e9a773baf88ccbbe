import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds, type Duration } from '../../time/index.ts'
import { checkpointDiff } from './checkpoint-diff.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'
const sum = (ones: readonly number[], n: number | undefined): number => ones.length + (n ?? 0)

test('a program is compared with the checkpoint of one that runs: nothing is run or written, and the context that was made has ended', async () => {
  const store = new MemoryFileSystem()
  const undo = registerFileSystem('memory', () => store)
  registerEngine('local', () => new ReferenceEngine())
  const sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('diff'))
  sparkContext.setLogLevel('OFF')
  const clock = new ManualClock()
  let ran = 0
  const create = (uid: string, batch: Duration = Seconds(1)) => {
    const ssc = new StreamingContext(sparkContext, batch, { clock })
    ssc.checkpoint(directory)
    const pairs = new BatchInput(ssc, [[['a', 1] as const]])
    // Its function counts as another one each time, since it is captured with the value of `ran`.
    pairs.updateStateByKey(sum).uid(uid).foreachRDD(() => void ran++) // prettier-ignore
    return ssc
  }
  const running = await StreamingContext.getOrCreate(directory, () => create('counts'))
  running.start()
  clock.setTo(2000)
  await untilIdle(running)
  const before = [ran, await store.list('/checkpoint')]

  const made: StreamingContext[] = []
  const diff = (uid: string, batch?: Duration) =>
    checkpointDiff(directory, () => {
      made.push(create(uid, batch))
      return made.at(-1)!
    })
  const same = await diff('counts')
  assert.deepEqual(
    same.streams.map(({ key, outcome }) => [key, outcome]),
    [
      ['BatchInput', 'kept'],
      ['counts', 'kept'],
    ],
  )
  assert.deepEqual([same.problems, same.batchesAgain, same.configuration], [[], [2000], []])
  const renamed = await diff('totals')
  assert.equal(renamed.outcome, 'differs')
  assert.deepEqual(renamed.streams.slice(1).map(({ key, outcome }) => [key, outcome]), [['totals', 'added'], ['counts', 'dropped']]) // prettier-ignore
  const slower = await diff('counts', Seconds(2))
  assert.deepEqual([slower.outcome, slower.problems.map(({ code }) => code)], ['refused', ['CHECKPOINT_BATCH_INTERVAL']]) // prettier-ignore

  assert.deepEqual([ran, await store.list('/checkpoint')], before)
  assert.deepEqual(made.map(ssc => ssc.getState()), ['STOPPED', 'STOPPED', 'STOPPED']) // prettier-ignore
  assert.deepEqual([running.getState(), sparkContext.isStopped], ['ACTIVE', false])
  await assert.rejects(
    checkpointDiff('memory:///none', () => create('counts')),
    { code: 'NO_CHECKPOINT' },
  )
  await running.stop(false)
  await sparkContext.stop()
  undo()
})
