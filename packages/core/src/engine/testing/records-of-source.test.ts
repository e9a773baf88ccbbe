import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SourceNode } from '../../rdd/plan/node.ts'
import { recordsOfSource } from './records-of-source.ts'

test('a byte order mark at the beginning of a text file is left out, one behind it is kept', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'records-of-source-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'text')
  writeFileSync(path, '\ufeffone\n\ufefftwo\n')
  const splits = [{ path, start: 0, length: 2 }, { path, start: 2, length: 12 }] // prettier-ignore
  const node = { source: { kind: 'text', splits }, numPartitions: 2 } as unknown as SourceNode
  const none = () => () => undefined
  assert.deepEqual(await recordsOfSource(node, 0, none), ['one'])
  assert.deepEqual(await recordsOfSource(node, 1, none), ['\ufefftwo'])
})
