import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heapUse } from './heap.ts'
import { Samples } from './samples.ts'

test('what was measured is given back by name; what a system does not tell is left out', () => {
  const samples = new Samples(['rss', 'handles'], 5)
  samples.add(100, { rss: 7, handles: undefined })
  samples.add(200, { rss: 0, handles: 3 })
  const points = Object.fromEntries(samples.points())
  assert.deepEqual(points, { rss: [[100, 7], [200, 0]], handles: [[200, 3]] }) // prettier-ignore
})

test('a hundred thousand measurements are no growth of the heap', async () => {
  const samples = new Samples(['rss', 'heap', 'code'], 100_000)
  samples.add(1, { rss: 1.5, heap: 2.5, code: 3.5 })
  const { objects: before } = await heapUse()
  for (let i = 2; i <= 100_000; i++) samples.add(i, { rss: i + 0.5, heap: i / 3, code: 2 ** 40 + i })
  const { objects: after } = await heapUse()
  assert.ok(after - before < 200_000, `${after - before} bytes`)
  assert.equal(samples.points().get('code')!.length, 100_000)
})
