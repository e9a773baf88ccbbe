import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { estimateSize } from './estimate-size.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What the heap grows by when this is made. */
function measured(make: () => unknown[]): { readonly grown: number; readonly estimated: number } {
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const records = make()
  collectGarbage()
  return { grown: process.memoryUsage().heapUsed - before, estimated: estimateSize(records) }
}

test('the estimate is within a factor of two of what the heap grows by', () => {
  const n = 50_000
  const kinds: Readonly<Record<string, (i: number) => unknown>> = {
    words: i => `some word ${i} of a line`,
    pairs: i => [`key ${i}`, i],
    objects: i => ({ id: i, name: `name ${i}`, weight: i / 3 }),
    nested: i => [[i, i + 1], { list: [i, i, i] }],
    sets: i => new Set([i]),
  }
  for (const [kind, make] of Object.entries(kinds)) {
    const { grown, estimated } = measured(() => Array.from({ length: n }, (_, i) => make(i)))
    assert.ok(estimated > grown / 2 && estimated < grown * 2, `${kind}: ${estimated} bytes estimated, ${grown} taken`)
  }
})

test('a huge record is not gone through, a deep or cyclic one ends', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  assert.ok(estimateSize([cyclic]) < 10_000)
  assert.ok(estimateSize([new Array(1_000_000).fill('x')]) > 8_000_000)
  assert.equal(estimateSize([]), 16)
})
