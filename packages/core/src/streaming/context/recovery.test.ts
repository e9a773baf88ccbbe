import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { registerEngine, SparkConf, SparkContext } from '../../context/index.ts'
import { ReferenceEngine } from '../../engine/testing/reference-engine.ts'
import { faulty, MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, untilIdle } from '../../testing/index.ts'
import { ManualClock, Milliseconds, Seconds, type Time } from '../../time/index.ts'
import type { DStream } from '../dstream/dstream.ts'
import { InputDStream } from '../dstream/input-dstream.ts'
import { StateSpec, type State } from '../state/index.ts'
import { StreamingContext } from './streaming-context.ts'

const directory = 'memory:///checkpoint'
let store: MemoryFileSystem
let sparkContext: SparkContext
let lines: string[]
let undo: () => void

beforeEach(() => {
  store = new MemoryFileSystem()
  undo = registerFileSystem('memory', () => store)
  registerEngine('local', () => new ReferenceEngine())
  sparkContext = new SparkContext(new SparkConf(false).setMaster('local[2]').setAppName('recovery'))
  sparkContext.setLogLevel('OFF')
  lines = []
})
afterEach(async () => {
  await StreamingContext.getActive()?.stop(false)
  await sparkContext.stop()
  undo()
})

type Build = (ssc: StreamingContext, out: Out) => void
type Out = Map<number, unknown[]>

/** Runs a program from its checkpoint, or anew, until the clock is at `untilMs`, and stops it. Gives what its output put out. */
async function run(
  build: Build,
  fromMs: number,
  untilMs: number,
  batchMs = 1000,
): Promise<{ out: Out; ssc: StreamingContext }> {
  const clock = new ManualClock(fromMs)
  const out: Out = new Map()
  const ssc = await StreamingContext.getOrCreate(directory, () => {
    const made = new StreamingContext(sparkContext, Milliseconds(batchMs), {
      clock,
      write: text => void lines.push(text),
    })
    made.checkpoint(directory)
    build(made, out)
    return made
  })
  ssc.start()
  await untilIdle(ssc)
  while (clock.now() < untilMs) {
    clock.setTo(Math.min(untilMs, clock.now() + batchMs))
    await untilIdle(ssc)
  }
  const failed = await Promise.race([ssc.awaitTermination().catch((error: unknown) => error), Promise.resolve()])
  await ssc.stop(false)
  if (failed !== undefined) throw failed
  return { out, ssc }
}

const collect = (stream: DStream<unknown>, out: Out): void =>
  stream.foreachRDD(async (rdd, time) => {
    out.set(time.milliseconds, [...(await rdd.collect())].sort(byText))
  })
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
const ones = (n: number): (readonly [string, number])[][] =>
  Array.from({ length: n }, (_, i) => [[`k${i % 3}`, 1] as const, ['all', i] as const])
const sum = (values: readonly number[], state: number | undefined): number => values.reduce((a, b) => a + b, state ?? 0)

test('the batch of the checkpoint is run again, then those that were missed, with the state of before', async () => {
  const build: Build = (ssc, out) => collect(new BatchInput(ssc, ones(40)).updateStateByKey(sum), out)
  const first = await run(build, 0, 25_000)
  const second = await run(build, 28_500, 30_000)
  assert.deepEqual([...second.out.keys()], [25_000, 26_000, 27_000, 28_000, 29_000, 30_000])
  assert.deepEqual(second.out.get(25_000), first.out.get(25_000))
  assert.deepEqual(second.out.get(30_000)![0], ['all', (29 * 30) / 2])
  assert.equal(second.ssc.recoveryReport?.batchMs, 25_000)
})

test('a clock that went back repeats no batch but that of the checkpoint', async () => {
  const build: Build = (ssc, out) => collect(new BatchInput(ssc, ones(40)), out)
  await run(build, 0, 5000)
  const { out } = await run(build, 1000, 7000)
  assert.deepEqual([...out.keys()], [5000, 6000, 7000])
})

test('a changed program keeps the state of the stream with the same uid, and says so', async () => {
  const before: Build = (ssc, out) => {
    const pairs = new BatchInput(ssc, ones(60))
    collect(pairs.updateStateByKey(sum).uid('sums'), out)
    pairs
      .reduceByKeyAndWindow(
        (a: number, b: number) => a + b,
        (a: number, b: number) => a - b,
        Seconds(3),
      )
      .print()
  }
  const after: Build = (ssc, out) => {
    const pairs = new BatchInput(ssc, ones(60)).filter(([key]) => key === 'all')
    collect(
      pairs
        .mapValues(n => n)
        .updateStateByKey((n: readonly number[], s: number | undefined) => sum(n, s), 5)
        .uid('sums'),
      out,
    )
    pairs.updateStateByKey(sum).print()
  }
  const first = await run(before, 0, 21_000)
  const { out, ssc } = await run(after, 21_000, 22_000)
  assert.deepEqual(out.get(21_000)![0], first.out.get(21_000)![0])
  assert.deepEqual(
    ssc.recoveryReport!.streams.map(({ outcome, key, note }) => [outcome, key, note.split(',')[0]]),
    [
      ['kept', 'BatchInput', ''],
      ['changed', 'sums', 'another update function'],
      ['added', 'BatchInput → filter → updateStateByKey', 'it begins with batch 21000 ms'],
      ['dropped', 'BatchInput → reduceByKeyAndWindow', 'no stream of the program has this key'],
    ],
  )
})

test('another number of partitions spreads the state of mapWithState anew', async () => {
  const through =
    (partitions: number): Build =>
    (ssc, out) => {
      const spec = StateSpec.function(runningSum).numPartitions(partitions)
      const mapped = new BatchInput(ssc, ones(20)).mapWithState(spec).checkpoint(Seconds(2))
      collect(mapped.stateSnapshots(), out)
    }
  const { out: expected } = await run(through(2), 0, 9000)
  store = new MemoryFileSystem()
  undo()
  undo = registerFileSystem('memory', () => store)
  await run(through(2), 0, 6000)
  const { out, ssc } = await run(through(3), 6000, 9000)
  assert.deepEqual(out.get(9000), expected.get(9000))
  assert.equal(ssc.recoveryReport!.streams[1]!.note, '2 partitions, now 3')
})

test('two equal uids are an error at the start', async () => {
  const build: Build = ssc => {
    const pairs = new BatchInput(ssc, ones(1))
    pairs.updateStateByKey(sum).uid('same').print()
    pairs.updateStateByKey(sum).uid('same').print()
  }
  await assert.rejects(run(build, 0, 1000), { code: 'DUPLICATE_UID' })
})

test('another batch interval is refused, with both', async () => {
  const build: Build = (ssc, out) => collect(new BatchInput(ssc, ones(4)), out)
  await run(build, 0, 3000)
  await assert.rejects(run(build, 3000, 6000, 500), { code: 'CHECKPOINT_BATCH_INTERVAL' })
})

test('a broken newest checkpoint is passed by, and the report says so', async () => {
  const build: Build = (ssc, out) => collect(new BatchInput(ssc, ones(40)).updateStateByKey(sum), out)
  await run(build, 0, 5000)
  for (const name of ['checkpoint-5000', 'checkpoint-5000.bk'])
    await store.create(`/checkpoint/${name}`, new Uint8Array(9))
  const { out, ssc } = await run(build, 5000, 6000)
  assert.deepEqual([...out.keys()], [4000, 5000, 6000])
  assert.equal(ssc.recoveryReport!.skipped.length, 2)
  assert.deepEqual(out.get(6000)![0], ['all', 15])
})

test('configuration is that of the new process, and the difference is in the report', async () => {
  const build: Build = (ssc, out) => collect(new BatchInput(ssc, ones(4)), out)
  await run(build, 0, 2000)
  await sparkContext.stop()
  sparkContext = new SparkContext(new SparkConf(false).setMaster('local[3]').setAppName('recovery'))
  sparkContext.setLogLevel('OFF')
  const { ssc } = await run(build, 2000, 3000)
  assert.deepEqual(ssc.recoveryReport!.configuration, [{ key: 'spark.master', before: 'local[2]', now: 'local[3]' }])
})

test('a named accumulator comes back, and counts every batch once, also the one that is run again', async () => {
  const totals: number[] = []
  const build: Build = ssc => {
    const seen = ssc.sparkContext.longAccumulator('seen')
    new BatchInput(ssc, ones(9)).foreachRDD(async rdd => {
      await rdd.foreach(() => seen.add(1))
      totals.push(Number(seen.value))
    })
  }
  await run(build, 0, 3000)
  await run(build, 4000, 5000)
  assert.deepEqual(totals, [2, 4, 6, 6, 8, 10])
})

/** Goes on from the checkpoint alone, and lets one batch after the other become due. */
async function goOn(fromMs: number, untilMs: number): Promise<void> {
  const clock = new ManualClock(fromMs)
  const write = (text: string): void => void lines.push(text)
  const ssc = await StreamingContext.getOrCreate(directory, null, { sparkContext, environment: { clock, write } })
  ssc.start()
  await untilIdle(ssc)
  for (let nowMs = fromMs + 1000; nowMs <= untilMs; nowMs += 1000) {
    clock.setTo(nowMs)
    await untilIdle(ssc)
  }
  await ssc.stop(false)
}

class Counting extends InputDStream<number> {
  readonly #begin: number
  constructor(ssc: StreamingContext, begin: number) {
    super(ssc)
    this.#begin = begin
  }
  override compute(time: Time) {
    return this.context.sparkContext.parallelize([this.#begin + time.milliseconds / 1000], 1)
  }
}

test('without the function that makes it a program goes on, driver functions, inputs of its own and all', async () => {
  const factor = 10
  const build: Build = ssc => {
    const numbers = new Counting(ssc, 100)
    const tens = numbers.map(n => n * factor).transform(rdd => ssc.sparkContext.union(rdd, rdd))
    tens
      .map(n => ['sum', n] as const)
      .updateStateByKey(sum)
      .print()
    tens.foreachRDD(async (rdd, time) => {
      const seen = ((globalThis as { seen?: unknown[] }).seen ??= [])
      seen.push([time.milliseconds, await rdd.collect()])
    })
  }
  const seen: unknown[] = ((globalThis as { seen?: unknown[] }).seen = [])
  await run(build, 0, 3000)
  lines = []
  seen.length = 0
  await goOn(4000, 5000)
  assert.deepEqual(
    seen,
    [3, 4, 5].map(n => [n * 1000, [1000 + 10 * n, 1000 + 10 * n]]),
  )
  assert.match(lines.at(-1)!, /Time: 5000 ms\n-+\n\(sum,10300\)/)
  lines = []
  await goOn(5000, 6000)
  assert.match(lines.at(-1)!, /Time: 6000 ms\n-+\n\(sum,12420\)/)
})

test('a driver function that cannot be captured costs only the restart without the factory, and start() says so', async () => {
  const told: string[] = []
  const build: Build = (ssc, out) => {
    const pending = new Promise(() => {})
    ssc.sparkContext.setLogLevel('WARN')
    new BatchInput(ssc, ones(9)).foreachRDD(() => void pending)
    collect(new BatchInput(ssc, ones(9)), out)
  }
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = (text: string | Uint8Array) => (told.push(String(text)), true)
  try {
    await run(build, 0, 2000)
  } finally {
    process.stderr.write = write
    sparkContext.setLogLevel('OFF')
  }
  assert.match(told.join(''), /are not serializable[^]*foreachRDD captures `pending`[^]*recovery\.test\.ts:\d+/)
  await assert.rejects(goOn(2000, 3000), { code: 'CHECKPOINT_NEEDS_FACTORY', message: /captures `pending`/ })
  await run(build, 2000, 3000)
})

test('streams made beside those of the checkpoint are refused in Spark’s words', async () => {
  await run(ssc => new BatchInput(ssc, ones(9)).print(), 0, 2000)
  const ssc = await StreamingContext.getOrCreate(directory, null, { sparkContext })
  assert.throws(() => ssc.textFileStream('in'), {
    code: 'STREAM_NOT_INITIALIZED',
    message: /textFileStream.* has not been initialized/,
  })
  await ssc.stop(false)
})

test('without a checkpoint there must be a function', async () => {
  await assert.rejects(goOn(0, 1000), { code: 'NO_CHECKPOINT' })
})

const runningSum = (key: string, value: number | undefined, state: State<number>) => {
  state.update((state.getOption() ?? 0) + (value ?? 0))
  return [key, state.get()] as const
}
type Pairs = DStream<readonly [string, number]>
const steps: Readonly<Record<string, (stream: Pairs) => Pairs>> = {
  map: stream => stream.map(([key, n]) => [key, n + 1] as const),
  filter: stream => stream.filter(([key]) => key !== 'k1'),
  window: stream => stream.window(Seconds(3)),
  incremental: stream =>
    stream.reduceByKeyAndWindow(
      (a: number, b: number) => a + b,
      (a: number, b: number) => a - b,
      Seconds(4),
    ),
  state: stream => stream.updateStateByKey(sum),
  saved: stream => stream.updateStateByKey(sum).checkpoint(Seconds(2)),
  mapped: stream => stream.mapWithState(StateSpec.function(runningSum)).checkpoint(Seconds(3)),
}

test('after a stop anywhere, every batch of a random program is what an uninterrupted run makes of it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 3 }),
      fc.nat(3),
      async (program, stops, downBatches) => {
        const build: Build = (ssc, out) =>
          collect(
            program.reduce((stream, step) => steps[step]!(stream), new BatchInput(ssc, ones(20)) as Pairs),
            out,
          )
        store = new MemoryFileSystem()
        undo()
        undo = registerFileSystem('memory', () => store)
        const { out: expected } = await run(build, 0, 20_000)
        store = new MemoryFileSystem()
        undo()
        undo = registerFileSystem('memory', () => store)
        let nowMs = 0
        for (const stop of [...stops.sort((a, b) => a - b).map(batch => batch * 1000), 20_000]) {
          if (stop <= nowMs) continue
          const { out } = await run(build, nowMs, stop)
          for (const [timeMs, records] of out) assert.deepEqual(records, expected.get(timeMs), `batch ${timeMs}`)
          assert.equal(Math.max(...out.keys()), stop)
          nowMs = Math.min(stop + downBatches * 1000, 19_000)
        }
      },
    ),
    { numRuns: 15, examples: [[['mapped', 'saved'], [14, 16], 0]] },
  ))

test('after a graceful stop nothing has to be made again: the newest state is saved', async () => {
  const calls: number[] = []
  const build: Build = (ssc, out) => {
    const input = new BatchInput(ssc, ones(40))
    const counted = input.transform((rdd, time) => (calls.push(time.milliseconds), rdd))
    collect(counted.updateStateByKey(sum), out)
  }
  const clock = new ManualClock(0)
  const made = new StreamingContext(sparkContext, Seconds(1), { clock })
  made.checkpoint(directory)
  build(made, new Map())
  made.start()
  for (let n = 1; n <= 13; n++) {
    clock.setTo(n * 1000)
    await untilIdle(made)
  }
  await made.stop(false, true)
  calls.length = 0
  const { out } = await run(build, 13_500, 15_000)
  assert.deepEqual([...out.keys()], [13_000, 14_000, 15_000])
  assert.deepEqual(calls, [14_000, 15_000])
})

test('a batch that had begun when its process ended has the same files again, whatever has come since', async () => {
  const source = new MemoryFileSystem()
  const undoSource = registerFileSystem('source', () => source)
  await source.mkdirs('/in')
  const put = async (name: string, modifiedMs: number) => {
    await source.create(`/in/${name}`, Buffer.from(`${name}\n`))
    source.touch(`/in/${name}`, modifiedMs)
  }
  // No checkpoint after the one of batch 1000 reaches the disk.
  let full = false
  undo()
  const failing = faulty(store, ({ name, path }) =>
    full && name === 'createWriter' && path.includes('checkpoint-') ? 'ENOSPC' : undefined,
  )
  undo = registerFileSystem('memory', () => failing)
  const build: Build = (ssc, out) =>
    collect(ssc.fileStream('source:///in', { read: ({ path }) => [path.slice('source:///in/'.length)] }), out)
  const clock = new ManualClock(0)
  const out: Out = new Map()
  const made = new StreamingContext(sparkContext, Seconds(1), { clock })
  made.checkpoint(directory)
  build(made, out)
  made.start()
  for (const [ms, name] of [
    [1000, 'a'],
    [2000, 'b'],
    [3000, 'c'],
  ] as const) {
    // prettier-ignore
    await put(name, ms - 500)
    clock.setTo(ms)
    await untilIdle(made)
    full = true
  }
  await made.stop(false)
  full = false
  await put('late', 1700)
  const second = await run(build, 3500, 4000)
  assert.deepEqual([...out], [[1000, ['a']], [2000, ['b']], [3000, ['c']]]) // prettier-ignore
  assert.deepEqual([...second.out], [[1000, ['a']], [2000, ['b']], [3000, ['c']], [4000, ['late']]]) // prettier-ignore
  undoSource()
})

test('while the log cannot be written no batch begins, and none is left out', async () => {
  let full = false
  undo()
  const failing = faulty(store, ({ path }) => (full && path.includes('receivedBlockMetadata') ? 'ENOSPC' : undefined))
  undo = registerFileSystem('memory', () => failing)
  const clock = new ManualClock(0)
  const out: Out = new Map()
  const made = new StreamingContext(sparkContext, Seconds(1), { clock })
  made.checkpoint(directory)
  collect(new BatchInput(made, ones(40)), out)
  made.start()
  clock.setTo(1000)
  await untilIdle(made)
  full = true
  for (const ms of [2000, 3000, 4000]) {
    clock.setTo(ms)
    for (let i = 0; i < 50; i++) await Promise.resolve()
  }
  assert.deepEqual([...out.keys()], [1000])
  full = false
  clock.setTo(5500)
  await untilIdle(made)
  assert.deepEqual([...out.keys()], [1000, 2000, 3000, 4000, 5000])
  await made.stop(false)
})

test('a factory that forgets the checkpoint directory is told of', async () => {
  sparkContext.setLogLevel('WARN')
  const said: string[] = []
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = ((text: string) => (said.push(text), true)) as typeof process.stderr.write
  try {
    const made = await StreamingContext.getOrCreate(directory, () => new StreamingContext(sparkContext, Seconds(1)))
    await made.stop(false)
  } finally {
    process.stderr.write = write
  }
  assert.match(said.join(''), /every start begins anew: call ssc\.checkpoint\('memory:\/\/\/checkpoint'\)/)
})
