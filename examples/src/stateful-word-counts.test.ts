import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { lastPrinted } from './printed-counts.ts'
import { startTextServer } from './text-server.ts'

/** Longer than a batch: what the second connection brings is in a later batch. */
const settings = { spark_streaming_receiverRestartDelay: '1100ms' }

for (const [program, expected] of [
  ['stateful-network-word-count.ts', { hello: 4, world: 2, stream: 2 }],
  ['running-word-count.ts', { hello: 3, world: 1, stream: 2 }],
] as const)
  test(`${program} goes on counting where the batch before ended`, async () => {
    const server = await startTextServer(connection => ({
      text: ['hello world\nhello stream\n', 'hello stream\n'][connection] ?? '',
      end: connection === 0,
    }))
    const example = startExample(program, ['localhost', server.port], { settings })
    try {
      const isDone = (text: string) =>
        Object.entries(expected).every(([word, count]) => lastPrinted(text)[word] === count)
      const printed = await example.until(isDone)
      assert.deepEqual(Object.keys(lastPrinted(printed)).toSorted(), Object.keys(expected).toSorted())
    } finally {
      await example.stop()
      await server.close()
    }
  })
