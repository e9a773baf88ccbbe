import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import fc from 'fast-check'
import { HashPartitioner } from '../../rdd/index.ts'
import { StorageLevel } from '../../rdd/storage-level.ts'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, collectBatches, lookInto, runBatches, streamingTest } from '../../testing/index.ts'
import type { StreamingTest } from '../../testing/index.ts'
import { Interval, Seconds, Time } from '../../time/index.ts'
import type { DStream } from './dstream.ts'
import { ConstantInputDStream } from './constant-input-dstream.ts'

// The reference engine runs tasks in this thread, which this serves.
registerFileSystem('memory', () => new MemoryFileSystem())

let open: StreamingTest | undefined
function setUp(): StreamingTest {
  open = streamingTest()
  open.sparkContext.setLogLevel('OFF')
  return open
}
afterEach(async () => {
  await open?.close()
  open = undefined
})

/** The records of every batch that comes out when these go in. */
async function batchesOf<T, U>(
  input: readonly (readonly T[] | null)[],
  through: (s: DStream<T>) => DStream<U>,
  n = input.length,
) {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  ssc.checkpoint('memory:///checkpoint')
  const out = collectBatches(through(new BatchInput(ssc, input)))
  ssc.start()
  await runBatches(ssc, n)
  await close()
  return out.map(({ timeMs, records }) => [timeMs / 1000, records] as const)
}

const batches = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 6 }), { minLength: 1, maxLength: 6 })
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)
const sorted = <T>(records: readonly T[]): T[] =>
  [...records].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
/** The batches in the window that ends with batch i, of so many batches. */
const windowAt = <T>(input: readonly (readonly T[])[], i: number, length: number): T[] =>
  input.slice(Math.max(0, i + 1 - length), i + 1).flat()

test('a window holds the records of its last batches, in the order of time', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 4 }), async (input, length) => {
      const out = await batchesOf(input, s => s.window(Seconds(length)))
      assert.deepEqual(
        out,
        input.map((_, i) => [i + 1, windowAt(input, i, length)]),
      )
    }),
    { numRuns: 25 },
  )
})

test('reduceByKeyAndWindow with and without the inverse function agree on the keys of the window', async () => {
  const keyed = (s: DStream<number>) => s.map(x => [x % 3, x])
  await fc.assert(
    fc.asyncProperty(batches, fc.integer({ min: 1, max: 4 }), async (input, length) => {
      const plain = await batchesOf(input, s => keyed(s).reduceByKeyAndWindow((a, b) => a + b, Seconds(length)))
      const incremental = await batchesOf(input, s =>
        keyed(s).reduceByKeyAndWindow(
          (a, b) => a + b,
          (a, b) => a - b,
          Seconds(length),
        ),
      )
      for (const [i, [, expected]] of plain.entries()) {
        const keys = new Set(expected.map(([key]) => key))
        assert.deepEqual(sorted(incremental[i]![1].filter(([key]) => keys.has(key))), sorted(expected))
        assert.ok(incremental[i]![1].every(([key, value]) => keys.has(key) || value === 0))
      }
    }),
    { numRuns: 25 },
  )
})

test('countByWindow and reduceByWindow follow the window, batch by batch', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async input => {
      const counts = await batchesOf(input, s => s.countByWindow(Seconds(2), Seconds(1)))
      const sums = await batchesOf(input, s => s.reduceByWindow((a, b) => a + b, Seconds(2), Seconds(1)))
      for (const [i] of input.entries()) {
        const window = windowAt(input, i, 2)
        const seen = input.slice(0, i + 1).some(batch => batch.length > 0)
        assert.deepEqual(counts[i]![1], seen ? [window.length] : [])
        assert.deepEqual(sums[i]![1], window.length > 0 ? [sum(window)] : [])
      }
    }),
    { numRuns: 25 },
  )
})

test('an empty batch has a count, and a batch without an RDD has none: it cannot be counted', async () => {
  assert.deepEqual(await batchesOf([[1, 1], []], s => s.count()), [
    [1, [2]],
    [2, [0]],
  ])
  assert.deepEqual(await batchesOf([[1], null, [1]], s => s.count()), [
    [1, [1]],
    [3, [1]],
  ])
})

test('a key that left an incremental window stays until the filter drops it', async () => {
  const words = [['a'], ['b'], []]
  const counted = (filter?: (pair: readonly [string, number]) => boolean) =>
    batchesOf(words, s =>
      s
        .map(word => [word, 1])
        .reduceByKeyAndWindow(
          (a, b) => a + b,
          (a, b) => a - b,
          Seconds(1),
          Seconds(1),
          filter && { filter },
        ),
    )
  assert.deepEqual(sorted((await counted())[2]![1]), [
    ['a', 0],
    ['b', 0],
  ])
  assert.deepEqual((await counted(([, n]) => n > 0))[2]![1], [])
})

test('a partitioner given to a pair operator spreads its result', async () => {
  const parts = await batchesOf([['a', 'b', 'c', 'd', 'e', 'f']], s =>
    s
      .map(word => [word, 1])
      .reduceByKey((a, b) => a + b, new HashPartitioner(5))
      .glom(),
  )
  assert.equal(parts[0]![1].length, 5)
})

test('the functions of operators are captured once, when the operator is applied', async () => {
  const { ssc } = setUp()
  let factor = 2
  const out = collectBatches(new BatchInput(ssc, [[1], [1]]).map(x => x * factor))
  factor = 3
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(
    out.map(batch => batch.records),
    [[2], [2]],
  )
})

test('the functions of transform and foreachRDD are live', async () => {
  const { ssc } = setUp()
  let calls = 0
  const times: number[] = []
  new BatchInput(ssc, [[1], [2]])
    .transform((rdd, time) => {
      calls++
      times.push(time.milliseconds)
      return rdd
    })
    .foreachRDD(() => void calls++)
  ssc.start()
  await runBatches(ssc, 2)
  assert.equal(calls, 4)
  assert.deepEqual(times, [1000, 2000])
})

test('a stream that several outputs use is computed once a batch', async () => {
  const { ssc } = setUp()
  let calls = 0
  const shared = new BatchInput(ssc, [[1], null]).transform(rdd => (calls++, rdd))
  shared.foreachRDD(() => {})
  shared.window(Seconds(2)).foreachRDD(() => {})
  ssc.start()
  await runBatches(ssc, 1)
  assert.equal(calls, 1)
})

test('what a stream forgets is released, and a window’s parent is kept as bytes until then', async () => {
  const { ssc, sparkContext } = setUp()
  const levels: string[] = []
  const parent = new BatchInput(ssc, [[1], [2], [3], [4]]).map(x => x + 1)
  parent.foreachRDD(rdd => void levels.push(rdd.getStorageLevel().name))
  parent.window(Seconds(2)).foreachRDD(() => {})
  let released = 0
  const release = sparkContext.release.bind(sparkContext)
  sparkContext.release = ids => {
    released += ids.length
    release(ids)
  }
  ssc.start()
  await runBatches(ssc, 4)
  assert.deepEqual(levels, Array(4).fill(StorageLevel.MEMORY_ONLY_SER.name))
  assert.deepEqual(lookInto(parent).generatedTimes, [2000, 3000, 4000])
  assert.ok(released > 0)
})

test('remember is a floor for every stream', async () => {
  const { ssc } = setUp()
  ssc.remember(Seconds(3))
  const input = new BatchInput(ssc, [[1], [2], [3], [4], [5]])
  input.print()
  ssc.start()
  await runBatches(ssc, 5)
  assert.deepEqual(lookInto(input), {
    slideMs: 1000,
    checkpointMs: undefined,
    rememberMs: 3000,
    generatedTimes: [3000, 4000, 5000],
  })
})

test('slice gives the RDDs between two times, cut down to the slides', async () => {
  const { ssc } = setUp()
  ssc.remember(Seconds(60))
  const input = new BatchInput(ssc, [[1], [2], [3]])
  input.print()
  await assert.rejects(input.slice(new Time(0), new Time(1000)), { code: 'STREAM_NOT_INITIALIZED' })
  ssc.start()
  await runBatches(ssc, 3)
  const rdds = await input.slice(new Interval(new Time(1500), new Time(2999)))
  assert.deepEqual(await Promise.all(rdds.map(rdd => rdd.collect())), [[1], [2]])
})

test('a stream that only lives in a constant RDD has it in every batch', async () => {
  const { ssc, sparkContext } = setUp()
  const out = collectBatches(new ConstantInputDStream(ssc, sparkContext.parallelize([1, 2])).map(x => x * 2))
  ssc.start()
  await runBatches(ssc, 2)
  assert.deepEqual(
    out.map(batch => batch.records),
    [
      [2, 4],
      [2, 4],
    ],
  )
})

test('queueStream takes one RDD a batch, or all that are queued, and the default when there is none', async () => {
  const { ssc, sparkContext } = setUp()
  const rdd = (...xs: number[]) => sparkContext.parallelize(xs, 1)
  const one = [rdd(1), rdd(2)]
  const all = [rdd(1), rdd(2)]
  const out = [
    collectBatches(ssc.queueStream(one)),
    collectBatches(ssc.queueStream(all, false)),
    collectBatches(ssc.queueStream([], true, rdd(9))),
  ]
  ssc.start()
  await runBatches(ssc, 2)
  one.push(rdd(3))
  await runBatches(ssc, 1)
  assert.deepEqual(
    out.map(batches => batches.map(batch => batch.records)),
    [
      [[1], [2], [3]],
      [[1, 2], [], []],
      [[9], [9], [9]],
    ],
  )
})

test('print writes a batch in one piece, with its first records', async () => {
  const pieces: string[] = []
  const { ssc } = setUp()
  const print = ssc.write
  Object.assign(ssc, { write: (text: string) => (pieces.push(text), print(text)) })
  new BatchInput(ssc, [[['a', 1], ['b', [2, null]], 'c']]).print(2)
  ssc.start()
  await runBatches(ssc, 1)
  const line = '-'.repeat(43)
  assert.deepEqual(pieces, [`${line}\nTime: 1000 ms\n${line}\n(a,1)\n(b,(2,null))\n...\n\n`])
})

test('a program may chain thousands of operators', async () => {
  const { ssc } = setUp()
  let stream: DStream<number> = new BatchInput(ssc, [[0]], 1)
  const addOne = stream.map(x => x + 1)
  stream = addOne
  for (let i = 1; i < 3000; i++) stream = stream.transform(rdd => rdd)
  const out = collectBatches(stream)
  ssc.start()
  await runBatches(ssc, 1)
  assert.deepEqual(out[0]!.records, [1])
})
