import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rawBlock } from 'dstream'
import { startExample } from './example-process.ts'
import { startTextServer } from './text-server.ts'

const counts = (printed: string) => [...printed.matchAll(/^Grep count: (\d+)$/gm)].map(([, count]) => Number(count))
const total = (printed: string) => counts(printed).reduce((sum, count) => sum + count, 0)

test('RawNetworkGrep receives three streams side by side and counts the matching lines of all', async () => {
  const connections: number[] = []
  const server = await startTextServer(connection => {
    connections.push(connection)
    return { text: Buffer.concat([rawBlock(['the fox', 'no match']), rawBlock(['over the dog'])]) }
  })
  const example = startExample('raw-network-grep.ts', [3, 'localhost', server.port, 100])
  try {
    const printed = await example.until(text => total(text) >= 6)
    assert.equal(total(printed), 6)
    assert.deepEqual(connections, [0, 1, 2])
  } finally {
    await example.stop()
    await server.close()
  }
})
