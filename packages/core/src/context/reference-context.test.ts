/** What the tests of the context share: a SparkContext on the reference engine. It holds no test of its own. */
import type { TestContext } from 'node:test'
import { ReferenceEngine } from '../engine/testing/reference-engine.ts'
import { registerEngine } from './engines.ts'
import { SparkConf } from './spark-conf.ts'
import { SparkContext } from './spark-context.ts'

registerEngine('local', ({ master }) => {
  if (master.scheme !== 'local') throw new Error('not local')
  const { threads, maxFailures } = master
  return new ReferenceEngine({ parallelism: threads === '*' ? 4 : threads, maxFailures })
})

export const conf = (master = 'local[2]'): SparkConf => new SparkConf(false).setMaster(master).setAppName('test')

/** A context that is stopped when the test ends. */
export function contextFor(t: Pick<TestContext, 'after'>, of = conf()): SparkContext {
  const sc = new SparkContext(of)
  t.after(() => sc.stop())
  return sc
}
