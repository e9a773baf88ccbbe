import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { lastPrinted } from './printed-counts.ts'

test('QueueStream counts a hundred numbers for each last digit', async () => {
  const example = startExample('queue-stream.ts', [])
  try {
    const printed = await example.until(text => Object.keys(lastPrinted(text)).length === 10)
    assert.deepEqual(lastPrinted(printed), Object.fromEntries(Array.from({ length: 10 }, (_, digit) => [digit, 100])))
  } finally {
    await example.stop()
  }
})
