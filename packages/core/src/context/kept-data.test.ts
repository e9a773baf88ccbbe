import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { contextFor } from './reference-context.test.ts'
import type { SparkContext } from './spark-context.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Runs a job with a shuffle that nobody holds afterwards; gives the id of the shuffle's node. */
async function forgotten(sc: SparkContext): Promise<number> {
  const counts = sc.parallelize(['a', 'b'], 2).map(w => [w, 1]).reduceByKey((a, b) => a + b) // prettier-ignore
  await counts.count()
  return counts.id
}

test('data of a dataset that nobody holds any more is released', async t => {
  const sc = contextFor(t)
  const released: number[] = []
  const release = sc.engine.release.bind(sc.engine)
  sc.engine.release = ids => {
    released.push(...ids)
    release(ids)
  }
  const id = await forgotten(sc)
  const held = sc.parallelize(['a'], 1).map(w => [w, 1]).reduceByKey((a, b) => a + b) // prettier-ignore
  await held.count()
  while (released.length === 0) {
    collectGarbage()
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.deepEqual(released, [id])
  assert.equal(await held.count(), 1)
})

test('what is released by hand forgets its level and name', async t => {
  const sc = contextFor(t)
  const rdd = sc.parallelize([1]).setName('n').cache()
  sc.release([rdd.id])
  assert.deepEqual([rdd.name, rdd.getStorageLevel().name], [undefined, 'NONE'])
  assert.equal(await rdd.count(), 1)
})

test('what somebody keeps is not released as unkept', async t => {
  const sc = contextFor(t)
  const released: number[] = []
  sc.engine.release = ids => void released.push(...ids)
  const kept = sc.parallelize([1]).setName('n').cache()
  const other = sc.parallelize([1]).setName('other')
  sc.releaseUnkept([kept.id, other.id])
  assert.deepEqual([kept.name, kept.getStorageLevel().name, other.name], ['n', 'MEMORY_ONLY', 'other'])
  assert.deepEqual(released, [other.id])
})
