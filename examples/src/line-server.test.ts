import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { startLineServer } from './line-server.ts'

/** The first characters that a new connection receives. */
async function firstCharacters(port: number, count: number): Promise<string> {
  const socket = connect(port, 'localhost').setEncoding('utf8')
  let text = ''
  while (text.length < count) text += String((await once(socket, 'data'))[0])
  socket.destroy()
  return text.slice(0, count)
}

test('every connection receives the same sentences in the same order', async () => {
  const server = await startLineServer()
  const [one, two] = await Promise.all([firstCharacters(server.port, 200), firstCharacters(server.port, 200)])
  await server.close()
  assert.equal(one, two)
  assert.match(one, /^[a-z ]+\n/)
})

test('closing the server ends open connections', async () => {
  const server = await startLineServer()
  const socket = connect(server.port, 'localhost')
  await once(socket, 'data')
  const closed = once(socket.on('error', () => {}).resume(), 'close')
  await server.close()
  await closed
})
