import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { startTextServer } from './text-server.ts'

test('words of the blacklist are left out, and counted over all batches', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dropped-words-'))
  const outputFile = join(folder, 'counts.txt')
  const server = await startTextServer(connection => ({
    text: ['a b x\na y\n', 'c x\n'][connection] ?? '',
    end: connection === 0,
  }))
  const settings = { spark_streaming_receiverRestartDelay: '1100ms' } // so that the second text is in another batch
  const example = startExample('dropped-words.ts', ['localhost', server.port, outputFile], { settings })
  try {
    await example.until(text => text.includes('Dropped 4 word(s) totally\n'))
    const counted = [...(await readFile(outputFile, 'utf8')).matchAll(/\((\w),(\d)\)/g)].map(([pair]) => pair)
    assert.deepEqual(counted.slice(0, 2).toSorted(), ['(x,1)', '(y,1)'])
    assert.ok(counted.every(pair => !/[abc]/.test(pair)))
  } finally {
    await example.stop()
    await server.close()
    await rm(folder, { recursive: true })
  }
})
