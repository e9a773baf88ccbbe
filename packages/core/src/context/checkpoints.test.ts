import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { contextFor } from './reference-context.test.ts'

/** Times that each record was computed, seen by the tasks of the reference engine, which run in this thread. */
const computed = ((globalThis as { computed?: number[] }).computed = [] as number[])

test('a dataset is saved after the first job that needs it, and from then on read', async t => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-checkpoint-'))
  t.after(() => fs.rmSync(directory, { recursive: true }))
  const sc = contextFor(t)
  sc.setCheckpointDir(directory)
  const marked = sc
    .parallelize([1, 2, 3], 2)
    .map(n => {
      ;(globalThis as unknown as { computed: number[] }).computed.push(n)
      return [n, n]
    })
    .checkpoint()
  const later = marked.mapValues(n => n * 10)
  assert.equal(marked.isCheckpointed, false)
  assert.deepEqual(await later.values().collect(), [10, 20, 30])
  assert.equal(computed.length, 6) // The job, and the saving.
  assert.equal(path.dirname(marked.getCheckpointFile()!), sc.getCheckpointDir())
  assert.deepEqual(await later.values().collect(), [10, 20, 30])
  assert.deepEqual(await marked.reduceByKey((a, b) => a + b).count(), 3)
  assert.equal(computed.length, 6)
})

test('a save that fails is the action’s failure, and is tried again', async t => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dstream-checkpoint-'))
  t.after(() => fs.rmSync(directory, { recursive: true }))
  const sc = contextFor(t)
  fs.writeFileSync(path.join(directory, 'file'), '')
  sc.setCheckpointDir(path.join(directory, 'file'))
  const marked = sc.parallelize([1], 1).checkpoint()
  await assert.rejects(marked.count())
  sc.setCheckpointDir(directory)
  assert.equal(await marked.count(), 1)
  assert.equal(marked.isCheckpointed, true)
})

test('without a directory, checkpoint is refused', t => {
  const rdd = contextFor(t).parallelize([1])
  const message = /^Checkpoint directory has not been set in the SparkContext/
  assert.throws(() => rdd.checkpoint(), { code: 'NO_CHECKPOINT_DIRECTORY', message })
})
