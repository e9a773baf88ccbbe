import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startCountStore } from './count-store.ts'
import { startExample } from './example-process.ts'
import { StoreConnection } from './store-connection.ts'
import { startTextServer } from './text-server.ts'

test('the counts of all batches are in the store, written through at most one connection for each worker', async () => {
  const store = await startCountStore()
  const server = await startTextServer(connection => ({
    text: 'a b c d e f g h\n'.repeat(connection === 0 ? 2 : 1),
    end: connection < 2,
  }))
  const settings = { spark_streaming_receiverRestartDelay: '700ms' } // so that there is more than one batch
  const example = startExample('write-to-store.ts', ['localhost', server.port, 'localhost', store.port], { settings })
  try {
    const sum = () => [...store.totals.values()].reduce((a, b) => a + b, 0)
    await store.until(() => sum() >= 32)
    assert.deepEqual(Object.fromEntries(store.totals), { a: 4, b: 4, c: 4, d: 4, e: 4, f: 4, g: 4, h: 4 })
    assert.ok(store.connections <= 2, `${store.connections} connections`)
  } finally {
    await example.stop()
    await server.close()
    await store.close()
  }
})

test('what is sent to the store twice under one id is added once', async () => {
  const store = await startCountStore()
  const connection = new StoreConnection('localhost', store.port)
  await connection.add({ id: '1000-0', counts: { hello: 2 } })
  await connection.add({ id: '1000-0', counts: { hello: 2 } })
  await connection.add({ id: '2000-0', counts: { hello: 1 } })
  connection.close()
  await store.close()
  assert.equal(store.totals.get('hello'), 3)
})
