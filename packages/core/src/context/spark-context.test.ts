import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StorageLevel } from '../rdd/storage-level.ts'
import { conf, contextFor } from './reference-context.test.ts'
import { SparkConf } from './spark-conf.ts'
import { SparkContext } from './spark-context.ts'

test('master and name are needed; a master without an engine is refused', () => {
  assert.throws(() => new SparkContext(new SparkConf(false).setAppName('x')), {
    code: 'MASTER_MISSING',
    message: /^A master URL must be set in your configuration/,
  })
  assert.throws(() => new SparkContext(new SparkConf(false).setMaster('local')), {
    code: 'APP_NAME_MISSING',
    message: /^An application name must be set in your configuration/,
  })
  assert.throws(() => new SparkContext(conf('spark://host:7077')), {
    code: 'UNKNOWN_MASTER',
    message: /@dstream\/spark/,
  })
  assert.throws(() => new SparkContext(conf('nonsense')), { code: 'UNKNOWN_MASTER' })
})

test('a context may be made of master and name', async () => {
  const sc = new SparkContext('local[3]', 'named', new SparkConf(false).set('spark.app.id', 'x'))
  assert.deepEqual(
    [sc.master, sc.appName, sc.defaultParallelism, sc.getConf().get('spark.app.id')],
    ['local[3]', 'named', 3, 'x'],
  )
  await sc.stop()
})

test('only one runs in a process; the error says where the other was made', async t => {
  const sc = contextFor(t)
  assert.throws(() => new SparkContext(conf()), {
    code: 'CONTEXT_EXISTS',
    message: /^Only one SparkContext should be running in this process.*reference-context\.test\.ts:\d+/,
  })
  assert.equal(SparkContext.getOrCreate(conf()), sc)
  await sc.stop()
  const next = SparkContext.getOrCreate(conf('local[5]'))
  assert.equal(next.defaultParallelism, 5)
  await next.stop()
})

test('a stopped context refuses everything but being stopped again', async t => {
  const sc = contextFor(t)
  const rdd = sc.parallelize([1], 1)
  await Promise.all([sc.stop(), sc.stop()])
  assert.equal(sc.isStopped, true)
  const stopped = { code: 'CONTEXT_STOPPED', message: /^Cannot call methods on a stopped SparkContext/ }
  assert.throws(() => sc.parallelize([1]), stopped)
  assert.throws(() => rdd.map(n => n), stopped)
  await assert.rejects(rdd.count(), stopped)
})

test('default partitions: of the engine, or spark.default.parallelism; two at most for files', async t => {
  const sc = contextFor(t, conf('local[7]'))
  assert.deepEqual([sc.defaultParallelism, sc.defaultMinPartitions, sc.parallelize([1]).getNumPartitions()], [7, 2, 7])
  await sc.stop()
  const set = contextFor(t, conf('local[7]').set('spark.default.parallelism', 3))
  assert.deepEqual([set.defaultParallelism, set.parallelize([1]).getNumPartitions()], [3, 3])
  assert.equal(set.parallelize([1], 9).map(n => [n, n]).reduceByKey(a => a).getNumPartitions(), 3) // prettier-ignore
})

test('parallelize cuts at floor(i * n / p) and copies the values now', async t => {
  const sc = contextFor(t)
  const values = Array.from({ length: 11 }, (_, i) => i + 1)
  const rdd = sc.parallelize(values, 4)
  values.length = 0
  assert.deepEqual(await rdd.glom().collect(), [[1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]) // prettier-ignore
  assert.deepEqual(await sc.makeRDD(new Set(['a', 'b']), 1).collect(), ['a', 'b'])
  assert.throws(() => sc.parallelize([1], -2), { message: /^Positive number of partitions required/ })
})

test('range, emptyRDD and union', async t => {
  const sc = contextFor(t)
  assert.deepEqual(await sc.range(0, 10, 3, 3).glom().collect(), [[0], [3], [6, 9]])
  assert.throws(() => sc.range(0, 1, 0), { message: /^step cannot be 0/ })
  assert.deepEqual([sc.emptyRDD().getNumPartitions(), await sc.emptyRDD().count()], [0, 0])
  const [a, b, c] = [1, 2, 3].map(n => sc.parallelize([n], 1)) as [ReturnType<typeof sc.parallelize<number>>, ReturnType<typeof sc.parallelize<number>>, ReturnType<typeof sc.parallelize<number>>] // prettier-ignore
  assert.deepEqual(await sc.union(a, b, c).collect(), [1, 2, 3])
  assert.deepEqual(await sc.union([a, c]).collect(), [1, 3])
})

test('runJob gives what a function returns for the partitions asked', async t => {
  const sc = contextFor(t)
  const rdd = sc.parallelize([1, 2, 3, 4], 4)
  const both = (records: Iterable<number>, i: number): string => `${i}:${[...records].join()}`
  assert.deepEqual(await sc.runJob(rdd, both), ['0:1', '1:2', '2:3', '3:4'])
  assert.deepEqual(await sc.runJob(rdd, async records => [...records].length, [3, 1]), [1, 1])
})

test('a dataset keeps the storage level that it was given first', async t => {
  const sc = contextFor(t)
  const rdd = sc.parallelize([1]).persist(StorageLevel.DISK_ONLY)
  assert.equal(rdd.persist(StorageLevel.DISK_ONLY).getStorageLevel(), StorageLevel.DISK_ONLY)
  assert.throws(() => rdd.cache(), {
    code: 'STORAGE_LEVEL_ASSIGNED',
    message: /^Cannot change storage level of an RDD after it was already assigned a level/,
  })
  assert.equal(rdd.unpersist().getStorageLevel(), StorageLevel.NONE)
  assert.equal(rdd.cache().getStorageLevel(), StorageLevel.MEMORY_ONLY)
})

test('jobs of a group are cancelled together, others go on', async t => {
  const sc = contextFor(t)
  const endless = () => sc.parallelize([1], 1).foreachPartition(() => new Promise(() => {}))
  sc.setJobGroup('g', 'to be cancelled')
  const cancelled = assert.rejects(endless(), {
    code: 'JOB_CANCELLED',
    message: /^Job 0 cancelled part of cancelled job group g/,
  })
  sc.clearJobGroup()
  const other = sc.parallelize([1, 2], 2).count()
  sc.cancelJobGroup('g')
  await cancelled
  assert.equal(await other, 2)
  const all = assert.rejects(endless(), { code: 'JOB_CANCELLED' })
  sc.cancelAllJobs()
  await all
})

test('labels and places of jobs are told with their events', async t => {
  const sc = contextFor(t)
  const origins: unknown[] = []
  sc.engine.subscribe(
    event =>
      event.type === 'jobStarted' &&
      origins.push({ ...event.origin, site: /spark-context\.test\.ts:\d+/.test(event.origin.site) }),
  )
  sc.setJobDescription('counting')
  await sc.parallelize([1]).count()
  sc.setJobDescription(undefined)
  sc.setLocalProperty('pool', 'fast')
  sc.setLocalProperty('user', 'me')
  assert.equal(sc.getLocalProperty('user'), 'me')
  sc.setLocalProperty('user', undefined)
  await sc.parallelize([1]).count()
  sc.setLocalProperty('pool', undefined)
  await sc.inJobScope({ batchTimeMs: 5, outputOpId: 1, stream: 's' }, () => sc.parallelize([1], 1).first())
  assert.deepEqual(origins, [
    { action: 'count', site: true, description: 'counting' },
    { action: 'count', site: true, properties: { pool: 'fast' } },
    { action: 'first', site: true, properties: {}, batchTimeMs: 5, outputOpId: 1, stream: 's' },
  ])
})

test('a context or dataset inside of a task function is refused when it is applied', async t => {
  const sc = contextFor(t)
  const rdd = sc.parallelize([1])
  const refused = { code: 'TASK_NOT_SERIALIZABLE' }
  assert.throws(() => rdd.map(n => sc.parallelize([n])), refused)
  assert.throws(() => rdd.map(() => rdd.count()), refused)
})

test('an error of a job names the operator, the place and the user’s error', async t => {
  const sc = contextFor(t, conf('local[2,3]'))
  const failing = sc.parallelize([1, -7], 1).map(n => {
    if (n < 0) throw new Error(`negative: ${n}`)
    return n
  })
  await assert.rejects(
    sc.inJobScope({ batchTimeMs: 1000, stream: 'lines' }, () => failing.count()),
    {
      code: 'JOB_FAILED',
      message:
        /^Job aborted due to stage failure: Task 0 in stage 0\.0 failed 3 times.*negative: -7\n {2}in map at .*spark-context\.test\.ts:\d+:\d+ of stream lines in the batch of 1000 ms$/,
      operator: 'map',
      partition: 0,
      attempts: 3,
      batchTimeMs: 1000,
    },
  )
})
