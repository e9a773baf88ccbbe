import { SparkConf, SparkContext } from 'dstream'

/** The threads that a workload is run on, as Spark's side is. */
export const threads = 2

export function newContext(appName: string): SparkContext {
  const conf = new SparkConf().setMaster(`local[${threads}]`).setAppName(appName)
  return new SparkContext(conf.set('spark.default.parallelism', String(threads)))
}
