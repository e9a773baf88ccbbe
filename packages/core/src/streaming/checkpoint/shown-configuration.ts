import type { SparkConf } from '../../context/spark-conf.ts'

/** Keys whose values nobody is to read, as in Spark; values that speak of one, or hold `user:password@`, likewise. */
const secret = /secret|password|token|access[.]?key/i
const credentials = /\/\/[^/\s:@]*:[^/\s@]+@/

/** The configuration as far as a checkpoint, a report or a comparison may say it: without secrets. */
export const shownConfiguration = (conf: SparkConf): [string, string][] =>
  conf.getAll().filter(([key, value]) => !secret.test(key) && !secret.test(value) && !credentials.test(value))
