import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { startTextServer } from './text-server.ts'

test('RecoverableNetworkWordCount goes on counting where it was killed', { timeout: 60_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'recoverable-'))
  const output = join(directory, 'out')
  const server = await startTextServer(connection => ({ text: connection === 0 ? 'a b a\n' : 'b\n', end: false }))
  const start = () =>
    startExample('recoverable-network-word-count.ts', ['localhost', server.port, join(directory, 'checkpoint'), output])
  let example = start()
  try {
    // Two batches later the first one is in a checkpoint for sure.
    const counted = await example.until(text => text.split('(a,2)').length > 3)
    assert.match(counted, /^Creating new context/)
    await example.stop()
    example = start()
    const again = await example.until(text => text.includes('(a,2)') && text.includes('(b,2)'))
    const times = [...again.matchAll(/Counts at time (\d+) ms/g)].map(([, ms]) => Number(ms))
    assert.ok(
      times.every((ms, i) => i === 0 || ms - times[i - 1]! === 1000),
      `no batch is left out: ${times}`,
    )
    const last = (await readFile(output, 'utf8'))
      .split(/(?=Counts)/)
      .filter(line => line.includes(`time ${times[0]} ms`))
    assert.ok(last.length >= 1, 'the batch of the checkpoint is run again')
  } finally {
    await example.stop()
    await server.close()
    await rm(directory, { recursive: true })
  }
})
