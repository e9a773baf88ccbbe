import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { RDD } from '../rdd/rdd.ts'
import { contextFor } from './reference-context.test.ts'

const add = (a: number, b: number): number => a + b
const directory = path.join(tmpdir(), 'dstream-never-written')

type Actions<R> = Readonly<Record<string, (rdd: R) => Promise<unknown>>>

const actions: Actions<RDD<number>> = {
  collect: rdd => rdd.collect(),
  count: rdd => rdd.count(),
  take: rdd => rdd.take(1),
  toLocalIterator: rdd => rdd.toLocalIterator().next(),
  takeSample: rdd => rdd.takeSample(false, 1),
  first: rdd => rdd.first(),
  isEmpty: rdd => rdd.isEmpty(),
  reduce: rdd => rdd.reduce(add),
  treeReduce: rdd => rdd.treeReduce(add),
  fold: rdd => rdd.fold(0, add),
  aggregate: rdd => rdd.aggregate(0, add, add),
  treeAggregate: rdd => rdd.treeAggregate(0, add, add),
  foreach: rdd => rdd.foreach(() => {}),
  foreachPartition: rdd => rdd.foreachPartition(() => {}),
  top: rdd => rdd.top(1),
  takeOrdered: rdd => rdd.takeOrdered(1),
  max: rdd => rdd.max(),
  min: rdd => rdd.min(),
  countByValue: rdd => rdd.countByValue(),
  countApprox: rdd => rdd.countApprox(1),
  countByValueApprox: rdd => rdd.countByValueApprox(1),
  countApproxDistinct: rdd => rdd.countApproxDistinct(),
  saveAsTextFile: rdd => rdd.saveAsTextFile(directory),
  saveAsObjectFile: rdd => rdd.saveAsObjectFile(directory),
  sum: rdd => rdd.sum(),
  mean: rdd => rdd.mean(),
  stats: rdd => rdd.stats(),
  variance: rdd => rdd.variance(),
  popVariance: rdd => rdd.popVariance(),
  stdev: rdd => rdd.stdev(),
  popStdev: rdd => rdd.popStdev(),
  sampleVariance: rdd => rdd.sampleVariance(),
  sampleStdev: rdd => rdd.sampleStdev(),
  histogram: rdd => rdd.histogram(2),
  meanApprox: rdd => rdd.meanApprox(1),
  sumApprox: rdd => rdd.sumApprox(1),
}

const actionsOnPairs: Actions<RDD<[string, number]>> = {
  countByKey: rdd => rdd.countByKey(),
  countByKeyApprox: rdd => rdd.countByKeyApprox(1),
  collectAsMap: rdd => rdd.collectAsMap(),
  reduceByKeyLocally: rdd => rdd.reduceByKeyLocally(add),
  lookup: rdd => rdd.lookup('a'),
  saveAsHadoopFile: rdd => rdd.saveAsHadoopFile(directory),
  saveAsNewAPIHadoopFile: rdd => rdd.saveAsNewAPIHadoopFile(directory),
  saveAsSequenceFile: rdd => rdd.saveAsSequenceFile(directory),
}

test('every action on a stopped context rejects, and none throws', async t => {
  const sc = contextFor(t)
  const numbers = sc.parallelize([1, 2], 2)
  const pairs = sc.parallelize([['a', 1] as [string, number]], 2)
  const byHash = pairs.reduceByKey(add)
  await sc.stop()
  const answers = [
    ...Object.entries(actions).map(([name, action]) => ({ name, answer: action(numbers) })),
    ...Object.entries(actionsOnPairs).map(([name, action]) => ({ name, answer: action(pairs) })),
    { name: 'lookup of a spread key', answer: byHash.lookup('a') },
    { name: 'runJob', answer: sc.runJob(numbers, () => 1) },
  ]
  for (const { name, answer } of answers) await assert.rejects(answer, { code: 'CONTEXT_STOPPED' }, name)
})
