import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { startTextServer } from './text-server.ts'

test('the five happiest words of a batch come first, by happiness times count', async () => {
  const text = 'what a wonderful sunny day\nsunny and good and calm but so slow\ntoo bad and tired\n'
  const server = await startTextServer(() => ({ text }))
  const example = startExample('network-word-join-sentiments.ts', ['localhost', server.port])
  try {
    const printed = await example.until(all => all.includes('(7 total):') && all.includes('slow'))
    assert.deepEqual(printed.split('(7 total):\n')[1]?.split('\n').slice(0, 5), [
      'wonderful (5 happiness)',
      'sunny (4 happiness)',
      'good (3 happiness)',
      'calm (2 happiness)',
      'slow (-1 happiness)',
    ])
  } finally {
    await example.stop()
    await server.close()
  }
})
