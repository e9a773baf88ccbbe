import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryFileSystem, registerFileSystem } from '../../storage/index.ts'
import { BatchInput, streamingTest, untilIdle } from '../../testing/index.ts'

test('a named accumulator that cannot be written down is left out of checkpoints, which is said once; batches go on', async t => {
  const store = new MemoryFileSystem()
  t.after(registerFileSystem('memory', () => store))
  const lines: string[] = []
  t.mock.method(process.stderr, 'write', (text: string) => lines.push(text) > 0)
  const { ssc, sparkContext, clock, close } = streamingTest({ conf: { 'spark.log.level': 'ERROR' } })
  t.after(close)
  ssc.checkpoint('memory:///checkpoint')
  const added = sparkContext.collectionAccumulator<unknown>('added')
  const out: number[] = []
  new BatchInput(ssc, [], 1).foreachRDD((_, time) => {
    out.push(time.milliseconds)
    if (time.milliseconds === 1000) added.add(() => 'a function')
  })
  ssc.start()
  for (const timeMs of [1000, 2000, 3000]) {
    clock.setTo(timeMs)
    await untilIdle(ssc)
  }
  await ssc.stop(false)
  assert.deepEqual(out, [1000, 2000, 3000])
  assert.ok((await store.stat('/checkpoint/checkpoint-3000')) !== undefined)
  assert.equal(lines.filter(line => line.includes('Checkpoints are written without')).length, 1)
})
