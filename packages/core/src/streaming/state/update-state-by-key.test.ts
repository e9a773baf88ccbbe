import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, collectBatches, runBatches, streamingTest } from '../../testing/index.ts'
import type { StreamingContext } from '../context/streaming-context.ts'
import type { DStream } from '../dstream/dstream.ts'
import type { Time } from '../../time/index.ts'

registerFileSystem('memory', () => new MemoryFileSystem())

type Pair = readonly [string, number]
const sorted = <T>(records: readonly T[]): T[] =>
  [...records].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

/** The records of each batch, in order of their text. */
async function batchesOf<U>(
  input: readonly (readonly Pair[] | null)[],
  through: (pairs: DStream<Pair>, ssc: StreamingContext) => DStream<U>,
  n = input.length,
) {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  ssc.checkpoint('memory:///checkpoint')
  const out = collectBatches(through(new BatchInput<Pair>(ssc, input), ssc))
  ssc.start()
  await runBatches(ssc, n)
  await close()
  return out.map(({ records }) => sorted(records))
}

const add = (values: readonly number[], sum: number | undefined): number => values.reduce((a, b) => a + b, sum ?? 0)

test('the state of each batch is the fold over all records so far, however they are split into batches', async () => {
  const pair = fc.tuple(fc.constantFrom('a', 'b', 'c', ''), fc.integer({ min: -5, max: 5 }))
  const batches = fc.array(fc.array(pair, { maxLength: 6 }), { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(batches, async input => {
      const sums = new Map<string, number>()
      const expected = input.map(batch => {
        for (const [key, value] of batch) sums.set(key, (sums.get(key) ?? 0) + value)
        return sorted([...sums])
      })
      assert.deepEqual(await batchesOf(input, pairs => pairs.updateStateByKey(add)), expected)
    }),
    { numRuns: 20 },
  )
})

test('a state that becomes undefined is dropped, one that becomes null is kept', async () => {
  const update = (values: readonly number[]) => (values.length === 0 ? undefined : values[0] === 0 ? null : values[0])
  const out = await batchesOf([[['a', 1], ['b', 0]], [['b', 2]], []], pairs => pairs.updateStateByKey(update)) // prettier-ignore
  assert.deepEqual(out, [[['a', 1], ['b', null]], [['b', 2]], []]) // prettier-ignore
})

test("the values are the update function's own, those of a key without values too", async () => {
  const update = (values: number[], sum?: number): number => {
    values.push(sum ?? 0)
    return values.reduce((a, b) => a + b)
  }
  const out = await batchesOf([[['a', 1], ['b', 2]], [['a', 3]], []], pairs => pairs.updateStateByKey(update)) // prettier-ignore
  assert.deepEqual(out, [[['a', 1], ['b', 2]], [['a', 4], ['b', 2]], [['a', 4], ['b', 2]]]) // prettier-ignore
})

test('the first of equal keys in the initial state counts, and it waits for the first batch with an RDD', async () => {
  const out = await batchesOf([null, [['a', 1]], null], (pairs, ssc) => {
    const initialState = ssc.sparkContext.parallelize<Pair>([['a', 10], ['a', 20], ['z', 1]], 1) // prettier-ignore
    return pairs.updateStateByKey(add, { initialState, numPartitions: 3 })
  })
  assert.deepEqual(out, [[['a', 11], ['z', 1]], [['a', 11], ['z', 1]]]) // prettier-ignore
})

test('the form with the time is given the batch time and the key', async () => {
  const update = (time: Time, key: string, values: readonly number[], state = '') =>
    `${state}${key}${time.milliseconds / 1000}${values.join('')};`
  const out = await batchesOf([[['a', 7]], [['b', 8]]], pairs => pairs.updateStateByKey(update, { form: 'time' }))
  assert.deepEqual(out, [[['a', 'a17;']], [['a', 'a17;a2;'], ['b', 'b28;']]]) // prettier-ignore
})

test('the form over an iterator is given every key once for each partition, and may move keys where it says so', async () => {
  const update = (entries: Iterable<[string, readonly number[], number | undefined]>) =>
    [...entries].map(([key, values, state]) => [`${key}x`, add(values, state)] as const)
  const options = { form: 'iterator', rememberPartitioner: false, numPartitions: 4 } as const
  const out = await batchesOf([[['a', 1]], [['ax', 2]], []], pairs => pairs.updateStateByKey(update, options))
  assert.deepEqual(out, [[['ax', 1]], [['axx', 3]], [['axxx', 3]]]) // prettier-ignore
})

test('keyed state without a checkpoint directory does not start, and Spark says why', async () => {
  const { ssc, close } = streamingTest()
  collectBatches(new BatchInput<Pair>(ssc, []).updateStateByKey(add))
  assert.throws(() => ssc.start(), {
    code: 'NO_CHECKPOINT_DIRECTORY',
    message: /^The checkpoint directory has not been set. Please set it by StreamingContext.checkpoint\(\)\./,
  })
  await close()
})

test('a batch whose function throws fails, and the next one begins with the state before', async () => {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  ssc.checkpoint('memory:///checkpoint')
  const update = (values: readonly number[], sum: number | undefined) => {
    if (values.includes(99) && sum === undefined) throw new Error('not 99 first')
    return add(values, sum)
  }
  const out = collectBatches(new BatchInput<Pair>(ssc, [[['a', 1]], [['a', 1], ['a', 99]], [['a', 1]]]).updateStateByKey(update)) // prettier-ignore
  ssc.start()
  await runBatches(ssc, 3)
  assert.deepEqual(out.map(({ records }) => records), [[['a', 1]], [['a', 101]], [['a', 102]]]) // prettier-ignore
  await close()
})
