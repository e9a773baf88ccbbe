import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { printedTotals, sumOf } from './printed-counts.ts'
import { startTextServer } from './text-server.ts'

test('CustomReceiver connects again when the connection ends, and loses no word', async () => {
  const server = await startTextServer(connection => ({
    text: ['to be or not to be\n', 'that is\nthe question\n', ''][connection] ?? '',
    end: connection < 2,
  }))
  const settings = { spark_streaming_receiverRestartDelay: '20ms' }
  const example = startExample('custom-receiver.ts', ['localhost', server.port], { settings })
  try {
    const printed = await example.until(text => sumOf(printedTotals(text)) >= 10)
    assert.deepEqual(printedTotals(printed), { to: 2, be: 2, or: 1, not: 1, that: 1, is: 1, the: 1, question: 1 })
  } finally {
    await example.stop()
    await server.close()
  }
})
