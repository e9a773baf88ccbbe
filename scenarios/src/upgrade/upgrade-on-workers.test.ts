import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InputDStream, Seconds, SparkConf, SparkContext, StateSpec, StreamingContext } from 'dstream'
import type { DStream, State, Time } from 'dstream'
import { ManualClock, untilIdle } from 'dstream/testing'

const sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('upgrade on workers'))
sparkContext.setLogLevel('OFF')
const folder = mkdtempSync(join(tmpdir(), 'upgrade-on-workers-'))
after(async () => {
  await sparkContext.stop()
  rmSync(folder, { recursive: true })
})

const keys = 2000
/** In each batch some keys, others in the next: so what is saved is mostly what has changed. */
class Some extends InputDStream<[number, number]> {
  override compute(time: Time) {
    const i = time.milliseconds / 1000
    const n = i === 1 ? keys : 100
    return this.context.sparkContext.parallelize(Array.from({ length: n }, (_, k): [number, number] => [(i * 37 + k) % keys, 1]), 2) // prettier-ignore
  }
}
/** How often each key came up to batch n. */
function countsAt(n: number): number[] {
  const counts = Array.from({ length: keys }, () => 0)
  for (let i = 1; i <= n; i++) for (let k = 0; k < (i === 1 ? keys : 100); k++) counts[(i * 37 + k) % keys]! += 1
  return counts
}

interface Sum {
  readonly sum: number
}
type Program = (pairs: DStream<[number, number]>) => DStream<readonly [number, number | Sum]>
const plain: Program = pairs => pairs.updateStateByKey((ones: number[], n = 0) => n + ones.length, 3).uid('n').checkpoint(Seconds(1)) // prettier-ignore
const mapped: Program = pairs =>
  pairs
    .mapWithState(
      StateSpec.function((_: number, one: number | undefined, n: State<number>) =>
        n.update((n.getOption() ?? 0) + one!),
      ).numPartitions(3),
    ) // prettier-ignore
    .uid('n')
    .checkpoint(Seconds(1))
    .stateSnapshots()
const objects: Program = pairs =>
  pairs
    .updateStateByKey((ones: number[], state?: Sum): Sum => ({ sum: (state?.sum ?? 0) + ones.length }), {
      numPartitions: 2,
      version: 1,
      migrate: (_, sum: number) => ({ sum }),
    })
    .uid('n')
    .checkpoint(Seconds(1))

/** Runs a program from what is in the directory; gives what its last batch put out, by key, and what became of its state. */
async function run(directory: string, program: Program, fromMs: number, untilMs: number) {
  const clock = new ManualClock(fromMs)
  let last: readonly (readonly [number, number | Sum])[] = []
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(directory)
    program(new Some(made)).foreachRDD(async rdd => void (last = await rdd.collect()))
    return made
  })
  ssc.start()
  await untilIdle(ssc)
  while (clock.now() < untilMs) {
    clock.advance(1000)
    await untilIdle(ssc)
  }
  await ssc.stop({ stopSparkContext: false, stopGracefully: false })
  const sums = Array.from({ length: keys }, () => 0)
  for (const [key, state] of last) sums[key] = typeof state === 'number' ? state : state.sum
  const note = ssc.recoveryReport?.streams.find(({ key }) => key === 'n')?.note
  return { sums, note, shape: typeof last[0]![1] }
}

for (const [name, first, second, note] of [
  [
    'states of another form',
    plain,
    objects,
    'another update function, 3 partitions, now 2, states of version 0, now 1',
  ],
  [
    'a mapWithState made an updateStateByKey of another form',
    mapped,
    objects,
    'it was a mapWithState, 3 partitions, now 2, states of version 0, now 1',
  ],
  ['an updateStateByKey made a mapWithState', plain, mapped, 'it was an updateStateByKey'],
  ['the same states', mapped, mapped, ''],
] as const)
  // prettier-ignore
  test(`on worker threads, saved as what has changed: ${name}`, async () => {
    const directory = join(folder, name.replaceAll(' ', '-'))
    await run(directory, first, 0, 8000)
    const once = await run(directory, second, 8000, 9000)
    assert.equal(once.note, note)
    assert.deepEqual(once.sums, countsAt(9))
    // Again, from what was saved before the change and after it.
    const again = await run(directory, second, 9000, 14_000)
    assert.deepEqual(again.sums, countsAt(14))
    const last = await run(directory, second, 14_000, 15_000)
    assert.deepEqual([last.sums, last.note], [countsAt(15), ''])
    assert.equal(last.shape, second === objects ? 'object' : 'number')
  })
