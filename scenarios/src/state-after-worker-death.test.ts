import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Milliseconds, SparkConf, SparkContext, StateSpec, StreamingContext, type State } from 'dstream'
import { BatchInput, collectBatches, ManualClock, runBatches } from 'dstream/testing'

const numBatches = 36

/** The results of every batch; between some batches a task ends its worker. */
async function run(directory: string, deadly: readonly number[]): Promise<unknown[]> {
  const sc = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('state'))
  sc.setLogLevel('OFF')
  const ssc = new StreamingContext(sc, Milliseconds(1000), { clock: new ManualClock() })
  ssc.checkpoint(join(directory, 'checkpoint'))
  const input = Array.from({ length: numBatches }, (_, i) => [...Array(20).keys()].map(k => [`key${(k * i) % 31}`, i])) // prettier-ignore
  const pairs = new BatchInput(ssc, input).map(([key, n]) => [key as string, n as number])
  const sums = pairs.updateStateByKey((values: readonly number[], sum: number | undefined) =>
    values.reduce((a, b) => a + b, sum ?? 0),
  )
  const running = pairs.mapWithState(
    StateSpec.function((key: string, n: number | undefined, sum: State<number>) => {
      sum.update((sum.getOption() ?? 0) + (n ?? 0))
      return [key, sum.get()]
    }),
  )
  const window = pairs.reduceByKeyAndWindow((a, b) => a + b, (a, b) => a - b, Milliseconds(4000), Milliseconds(1000)) // prettier-ignore
  const outputs = [sums, running, running.stateSnapshots(), window].map(stream => collectBatches(stream))
  ssc.start()
  for (let batch = 1; batch <= numBatches; batch++) {
    await runBatches(ssc, 1)
    if (deadly.includes(batch)) await endWorkers(sc, join(directory, `ended-${batch}`))
  }
  await ssc.stop(true)
  return outputs.map(batches => batches.map(({ records }) => records.map(r => JSON.stringify(r)).sort()))
}

/** Two tasks at a time, each of which ends its worker the first time it runs. */
async function endWorkers(sc: SparkContext, flag: string): Promise<void> {
  await sc.parallelize([0, 1], 2).foreach(i => {
    if (existsSync(`${flag}-${i}`)) return
    writeFileSync(`${flag}-${i}`, '')
    process.exit(1)
  })
}

test('workers that die between batches change no result of keyed state', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dstream-state-'))
  try {
    const expected = await run(join(directory, 'a'), [])
    assert.equal((expected[0] as unknown[]).length, numBatches)
    assert.deepEqual(await run(directory, [4, 10, 11, 23, 31]), expected)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
