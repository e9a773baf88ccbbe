import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounds, soak } from './soak.ts'

test('a program with state, a window, files and logs holds no more after a thousand batches than after some hundred', async () => {
  const batches = 800
  const { growing, trends } = await soak({ batches, warmUp: 300, samples: 20, bounds: bounds(batches) })
  assert.deepEqual(growing, [], JSON.stringify([...trends], undefined, 1))
})

test('what leaks with every batch is found in a short run', async () => {
  const leak: object[] = []
  const { growing } = await soak({
    ...{ batches: 300, warmUp: 100, samples: 20, bounds: bounds(300) },
    afterBatch: batch => {
      leak.push(new Array(2000).fill(batch))
      process.on(`leak ${batch}`, () => leak)
    },
  })
  for (const name of process.eventNames()) if (String(name).startsWith('leak ')) process.removeAllListeners(name)
  assert.ok(growing.includes('heap') && growing.includes('listeners'), growing.join(', '))
})
