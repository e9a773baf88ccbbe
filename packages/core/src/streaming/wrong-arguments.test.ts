import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RDD } from '../rdd/rdd.ts'
import { MemoryFileSystem, registerFileSystem } from '../storage/index.ts'
import { BatchInput, runBatches, streamingTest } from '../testing/index.ts'
import { Seconds, type Time } from '../time/index.ts'
import { InputDStream } from './dstream/input-dstream.ts'

type Step = (...args: readonly unknown[]) => unknown

/** The methods of an object, called with whatever a program without types may give them. */
const untyped = (target: object): Readonly<Record<string, Step>> =>
  new Proxy({}, { get: (_, name) => (...args: unknown[]) => (Reflect.get(target, name) as Step).apply(target, args) }) // prettier-ignore

test('what is no function is refused where it is given to a stream, with its name', async () => {
  const { ssc, close } = streamingTest()
  const stream = untyped(new BatchInput(ssc, [[1]]))
  const add = (a: number, b: number): number => a + b
  const refused: readonly (readonly [operator: string, ...args: unknown[]])[] = [
    ...['map', 'flatMap', 'filter', 'mapAsync', 'mapPartitions', 'mapPartitionsWithIndex'].map(name => [name] as const),
    ...['reduce', 'transform', 'mapValues', 'flatMapValues', 'reduceByKey', 'combineByKey'].map(
      name => [name] as const,
    ),
    ...['updateStateByKey', 'foreachRDD'].map(name => [name] as const),
    ['combineByKey', add, add],
    ['reduceByWindow', undefined, Seconds(1), Seconds(1)],
    ['reduceByKeyAndWindow', undefined, Seconds(1), Seconds(1)],
    ['reduceByKeyAndWindow', add, add, Seconds(1), Seconds(1), { filter: 5 }],
  ]
  for (const [operator, ...args] of refused) {
    const message = args.length === 0 ? `The function given to ${operator} is undefined` : /^The function given to /
    assert.throws(() => stream[operator]!(...args), { code: 'NOT_A_FUNCTION', message: new RegExp(message) }, operator)
  }
  assert.throws(() => stream.map!('abc'), { message: /^The function given to map is the string 'abc'/ })
  assert.throws(() => stream.filter!(5), { message: /^The function given to filter is the number 5/ })
  assert.throws(() => untyped(ssc).transform!([new BatchInput(ssc, [])]), { code: 'NOT_A_FUNCTION' })
  await close()
})

test('what is no function is refused where it is given to a dataset, and an action rejects', async () => {
  const { ssc, close } = streamingTest()
  const rdd = untyped(ssc.sparkContext.parallelize([1]))
  assert.throws(() => rdd.map!('abc'), { code: 'NOT_A_FUNCTION' })
  for (const name of ['reduce', 'treeReduce', 'foreach', 'foreachPartition'])
    await assert.rejects(rdd[name]!() as Promise<unknown>, { code: 'NOT_A_FUNCTION' }, name)
  await close()
})

test('wrong arguments of inputs are refused before anything is added to the context', async () => {
  const { ssc, close } = streamingTest()
  const untypedContext = untyped(ssc)
  const refused: readonly (readonly [method: string, args: readonly unknown[], code: string, message: RegExp])[] = [
    ['queueStream', [5], 'NOT_A_COLLECTION', /^The queue given to queueStream is the number 5/],
    ['queueStream', [[[1, 2, 3]]], 'NOT_A_DATASET', /^The queue given to queueStream holds an array, not an RDD/],
    ['queueStream', [[], true, [1]], 'NOT_A_DATASET', /holds an array/],
    ['textFileStream', [undefined], 'NOT_A_PATH', /^The directory given to textFileStream is undefined/],
    ['fileStream', [''], 'NOT_A_PATH', /^The directory given to fileStream is the string ''/],
    ['binaryRecordsStream', [7, 4], 'NOT_A_PATH', /is the number 7/],
    ['socketTextStream', ['localhost', -1], 'SOCKET_ADDRESS', /^The port given to socketTextStream is the number -1/],
    ['socketTextStream', ['localhost', '99'], 'SOCKET_ADDRESS', /is the string '99'/],
    ['socketStream', ['localhost', 65_536], 'SOCKET_ADDRESS', /^The port given to socketStream is the number 65536/],
    ['rawSocketStream', [undefined, 9999], 'SOCKET_ADDRESS', /^The host given to rawSocketStream is undefined/],
  ]
  for (const [method, args, code, message] of refused)
    assert.throws(() => untypedContext[method]!(...args), { code, message }, method)
  assert.equal(ssc.graph.inputs.length, 0)
  await close()
})

test('something that is no dataset and comes into the queue later fails its batch with what it is', async () => {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  const queue: RDD<number>[] = []
  ssc.queueStream(queue).foreachRDD(rdd => rdd.count())
  ssc.start()
  queue.push([1, 2] as unknown as RDD<number>)
  await runBatches(ssc, 1)
  await assert.rejects(ssc.awaitTermination(), /queue given to queueStream holds an array, not an RDD/)
  await close()
})

test('counts that are none are refused where they are given', async () => {
  const { ssc, close } = streamingTest()
  const source = new BatchInput(ssc, [[1]])
  const stream = untyped(source)
  assert.throws(() => stream.print!('a'), { code: 'RECORD_COUNT', message: /is the string 'a'/ })
  assert.throws(() => stream.repartition!(0), { code: 'PARTITION_COUNT', message: /^Number of partitions \(0\) must be positive\./ }) // prettier-ignore
  const add = (a: number, b: number): number => a + b
  const whole = {
    code: 'PARTITION_COUNT',
    message: /^Number of partitions must be a whole number, not the number 1\.5/,
  }
  assert.throws(() => stream.reduceByKey!(add, 1.5), whole)
  assert.throws(() => untyped(ssc.sparkContext.parallelize([['a', 1]])).reduceByKey!(add, 1.5), whole)
  assert.throws(() => untyped(ssc.sparkContext).parallelize!(5), {
    code: 'NOT_A_COLLECTION',
    message: /^The values given to parallelize are the number 5/,
  })
  await close()
})

test('a transform function that gives an array fails the batch with what it gave', async () => {
  const { ssc, close } = streamingTest()
  ssc.sparkContext.setLogLevel('OFF')
  const give = (() => [1]) as unknown as (rdd: RDD<number>) => RDD<number>
  new BatchInput(ssc, [[1]]).transform(give).foreachRDD(() => {})
  ssc.start()
  await runBatches(ssc, 1)
  await assert.rejects(ssc.awaitTermination(), /The function given to transform returned an array, not an RDD/)
  await close()
})

test('what is no StateSpec is refused by mapWithState', async () => {
  const { ssc, close } = streamingTest()
  const stream = untyped(new BatchInput(ssc, [[1]]))
  for (const spec of [undefined, null, 5, {}, (): number => 1])
    assert.throws(() => stream['mapWithState']!(spec), { code: 'NOT_A_STATE_SPEC', message: /takes a StateSpec, not/ })
  await close()
})

test('a batch of which an input reports no number of records fails, the next ones go on, also where a log is written', async t => {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const { ssc, close } = streamingTest({ conf: { 'spark.log.level': 'OFF' } })
  const given = [1, NaN, -1, undefined as unknown as number, 0]
  class Reports extends InputDStream<number> {
    override compute(time: Time) {
      this.reportInfo(time, given[time.milliseconds / 1000 - 1]!)
      return this.context.sparkContext.emptyRDD<number>()
    }
  }
  const out: number[] = []
  new Reports(ssc).foreachRDD((_, time) => void out.push(time.milliseconds))
  ssc.checkpoint('memory:///checkpoint')
  ssc.start()
  const failed = assert.rejects(ssc.awaitTermination(), { message: /The number of records that Reports\[0\] reports is (the number )?NaN/ }) // prettier-ignore
  await runBatches(ssc, 5)
  await failed
  assert.deepEqual(out, [1000, 5000])
  await close()
})
