import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { supervise } from './supervisor.ts'

const folder = mkdtempSync(join(tmpdir(), 'dstream-supervisor-'))
const node = process.execPath
after(() => {
  process.execPath = node
  rmSync(folder, { recursive: true })
})

const restarts = { firstDelayMs: 1, longestDelayMs: 2, healthyMs: 60_000 }

test('a driver that cannot be started again, as while Node is being replaced, is tried until it can', async () => {
  const program = join(folder, 'dies-once.mjs')
  const mark = JSON.stringify(join(folder, 'died'))
  writeFileSync(program, `import fs from 'node:fs'; if (!fs.existsSync(${mark})) { fs.writeFileSync(${mark}, ''); process.exit(1) }`) // prettier-ignore
  const said: string[] = []
  const ending = await supervise({ program, args: [], env: process.env }, { restarts }, text => {
    said.push(text)
    process.execPath = said.length > 3 ? node : join(folder, 'no-node')
  })
  assert.deepEqual(ending, { code: 0, signal: null })
  assert.match(said[0]!, /ended with exit code 1/)
  assert.match(said[1]!, /could not be started: .*ENOENT/)
})

test('a driver that cannot be started the first time is an error', async () => {
  process.execPath = join(folder, 'no-node')
  await assert.rejects(
    supervise({ program: 'x', args: [], env: {} }, { restarts }, () => {}),
    { code: 'ENOENT' },
  )
})
