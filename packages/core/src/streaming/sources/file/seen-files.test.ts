import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seenAfter, seenUpToMs, type SeenFiles } from './seen-files.ts'

const before: SeenFiles = { upToMs: 1000, unseen: new Map() }

/** Up to when three files were seen after batches of which this could not be looked at. */
function after(...failed: readonly (readonly (string | undefined)[])[]): number[] {
  const seen = failed.reduce((known, paths, i) => seenAfter(known, 2000 + i * 1000, paths), before)
  return ['/a/1', '/a/2', '/b/1'].map(path => seenUpToMs(seen, path))
}

test('what could not be looked at was seen up to the batch before, and everything else up to the last one', () => {
  assert.deepEqual(after([], []), [3000, 3000, 3000])
  assert.deepEqual(after([], [undefined], [undefined]), [2000, 2000, 2000])
  assert.deepEqual(after([], ['/a'], ['/a']), [2000, 2000, 4000])
  assert.deepEqual(after(['/a/1'], ['/a/1'], []), [4000, 4000, 4000])
  assert.deepEqual(after(['/a/1'], ['/a/1']), [1000, 3000, 3000])
})

test('a file that could not be opened is still unseen after its directory, or everything, could not be listed', () => {
  assert.deepEqual(after(['/a/1'], ['/a'], ['/a/1']), [1000, 4000, 4000])
  assert.deepEqual(after(['/a/1'], [undefined], ['/a/1']), [1000, 4000, 4000])
})
