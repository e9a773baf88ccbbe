import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const usage = 'usage: npm start -- [HOST PORT] [--batches N]'

/** What it says, and its exit status, when it is started with these arguments. */
function start(...args: string[]): { readonly status: number | null; readonly lines: readonly string[] } {
  const script = fileURLToPath(new URL('start.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=source', script, ...args], { encoding: 'utf8' })
  return { status, lines: stderr.trim().split('\n') }
}

test('an argument that makes no sense is named, with the reason, before the usage', () => {
  assert.deepEqual(start('localhost', 'abc'), {
    status: 2,
    lines: ['PORT has to be a whole number from 1 to 65535, not "abc"', usage],
  })
  const unknown = start('--foo')
  assert.match(unknown.lines[0]!, /'--foo'/)
  assert.deepEqual([unknown.status, unknown.lines.at(-1)], [2, usage])
  assert.deepEqual(start('localhost').lines, ['HOST "localhost" comes without a PORT', usage])
  assert.deepEqual(start('a', '1', 'b').lines, ['"b" is one argument too many', usage])
  assert.deepEqual(start('--batches', '0').lines, ['--batches has to be a whole number, 1 or more, not "0"', usage])
})
