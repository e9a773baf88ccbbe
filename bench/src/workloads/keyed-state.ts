import { StateSpec, type DStream, type RDD, type SparkContext, type State, type StreamingContext } from 'dstream'
import { checksumOfPairs, type Checksum } from '../checksum.ts'
import { cacheDirectory } from '../lines.ts'
import { MadeInput } from './made-input.ts'
import type { Workload } from './workload.ts'
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const keysHeld = 1_000_000
const keysTouched = 10_000

type Pair = readonly [string, number]

const held = (sc: SparkContext): RDD<[string, number]> => sc.range(0, keysHeld, 1, 2).map(i => ['key' + i, 1])
const touched = (ssc: StreamingContext): DStream<[string, number]> =>
  new MadeInput(ssc, (sc, batch) =>
    sc.range(0, keysTouched, 1, 2).map(i => ['key' + ((i * 97 + batch * 10_007) % 1_000_000), 1]),
  )

/** What both have in common; the state of the first batch is spread once, so its job has a stage more. */
function stateful(
  name: string,
  intervalMs: number,
  batches: number,
  build: (ssc: StreamingContext) => DStream<unknown>,
): Workload {
  let directory = ''
  return {
    name,
    intervalMs,
    batches,
    stateful: true,
    perJob: { stages: 2, tasks: 4 },
    firstJob: { stages: 3, tasks: 6 },
    build(ssc) {
      mkdirSync(cacheDirectory(), { recursive: true })
      directory = mkdtempSync(join(cacheDirectory(), 'checkpoint-'))
      ssc.checkpoint(directory)
      return build(ssc)
    },
    checksum: (records): Checksum => checksumOfPairs(records as readonly Pair[]),
    close: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** A million keys held, every one of them visited in every batch. */
export const state = stateful('state', 5000, 10, ssc =>
  touched(ssc).updateStateByKey(
    (values: readonly number[], sum: number | undefined) => {
      let total = sum ?? 0
      for (const value of values) total += value
      return total
    },
    { numPartitions: 2, initialState: held(ssc.sparkContext) },
  ),
)

/** A million keys held, ten thousand of them touched in a batch. */
export const mapstate = stateful('mapstate', 2000, 12, ssc =>
  touched(ssc).mapWithState(
    StateSpec.function((key: string, value: number | undefined, sum: State<number>) => {
      const total = (value ?? 0) + (sum.getOption() ?? 0)
      sum.update(total)
      return [key, total]
    })
      .initialState(held(ssc.sparkContext))
      .numPartitions(2),
  ),
)
