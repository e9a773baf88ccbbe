import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import type { RDD } from '../../rdd/rdd.ts'
import { untilIdle } from '../../testing/index.ts'
import { ManualClock, Seconds } from '../../time/index.ts'
import { inspectCheckpoint } from '../checkpoint/inspect/index.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { StreamingContext } from './streaming-context.ts'

class Source extends InputDStream<[string, number]> {
  asked = 0
  override compute(): RDD<[string, number]> {
    this.asked++
    return this.context.sparkContext.parallelize([['all', 1]], 1)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'dstream-moved-'))
const putBack = registerEngine('local', () => new ReferenceEngine())
const sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('moved'))
sparkContext.setLogLevel('OFF')
putBack()

/** Goes on from a directory, or begins in it. Gives the last count, and for how many batches the input was asked. */
async function run(directory: string, fromMs: number, untilMs: number): Promise<readonly [sum: number, asked: number]> {
  const clock = new ManualClock(fromMs)
  let sum = 0
  let source: Source | undefined
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Seconds(1), { clock })
    made.checkpoint(directory)
    source = new Source(made)
    source
      .updateStateByKey((ones: readonly number[], before: number | undefined) => ones.length + (before ?? 0), 1)
      .foreachRDD(async rdd => void (sum = (await rdd.first())[1]))
    return made
  })
  ssc.start()
  await untilIdle(ssc)
  clock.setTo(untilMs)
  await untilIdle(ssc)
  await ssc.stop(false, true)
  return [sum, source!.asked]
}

test('a checkpoint directory that was moved, or is reached by another path, is gone on from with its state', async t => {
  t.after(async () => {
    await sparkContext.stop()
    rmSync(folder, { recursive: true })
  })
  const [first, second] = [join(folder, 'first'), join(folder, 'second')]
  assert.deepEqual(await run(relative(process.cwd(), first), 0, 25_000), [25, 25])
  renameSync(first, second)
  const { content, damages } = await inspectCheckpoint(second)
  const saved = content!.streams.flatMap(stream => stream.saved)
  assert.ok(saved.length > 0 && saved.every(({ directory }) => directory.startsWith(`${second}/data/`)))
  assert.deepEqual(damages, [])
  const [sum, asked] = await run(second, 25_500, 27_000)
  assert.equal(sum, 27)
  assert.ok(asked < 5, `${asked} batches were made`)
})
