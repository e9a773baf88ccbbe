import assert from 'node:assert/strict'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startExample } from './example-process.ts'
import { printedTotals, sumOf } from './printed-counts.ts'

test('FileWordCount counts the words of files that are moved into the directory', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'file-word-count-'))
  const directory = await mkdtemp(join(outside, 'in-'))
  const example = startExample('file-word-count.ts', [directory])
  try {
    await example.until(text => text.includes('Time: ')) // it runs
    for (const [name, text] of [
      ['one', 'hello world\n'],
      ['two', 'hello file'],
    ] as const) {
      await writeFile(join(outside, name), text)
      await rename(join(outside, name), join(directory, name))
    }
    const printed = await example.until(text => sumOf(printedTotals(text)) >= 4)
    assert.deepEqual(printedTotals(printed), { hello: 2, world: 1, file: 1 })
  } finally {
    await example.stop()
    await rm(outside, { recursive: true })
  }
})
