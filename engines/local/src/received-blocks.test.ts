import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const root = mkdtempSync(join(tmpdir(), 'dstream-received-'))
const engines: LocalEngine[] = []
after(async () => {
  await Promise.all(engines.map(engine => engine.close()))
  assert.deepEqual(readdirSync(root), [])
  rmSync(root, { recursive: true })
})

function start(spillKeyBits?: number, threads = 2): LocalEngine {
  const engine = new LocalEngine({
    ...{ threads, maxFailures: 1, maxWorkerDeaths: 4, recordErrors: 'fail', shuffleMemoryBytes: 2 ** 28 },
    directory: root,
    ...(spillKeyBits === undefined ? {} : { spillKeyBits }),
  })
  engines.push(engine)
  return engine
}

function shared(text: string): Uint8Array<SharedArrayBuffer> {
  const bytes = new Uint8Array(new SharedArrayBuffer(Buffer.byteLength(text)))
  bytes.set(Buffer.from(text))
  return bytes
}

// The first letter in UTF-8 is the byte that compressed blocks begin with.
const text = 'Ångström\nzwei'

test('a received block on disk is read by the tasks, byte for byte, and with a key nobody else can read it', async () => {
  for (const keyBits of [undefined, 256]) {
    const engine = start(keyBits)
    const context = new TestContext(engine)
    const stored = await engine.storeBlock(shared(text))
    const block = { id: 'b', bytes: stored, records: 2, format: 'lines' } as const
    assert.deepEqual(await context.source({ kind: 'blocks', blocks: [block] }, 1).collect(), ['Ångström', 'zwei'])
    assert.equal(readFileSync(stored.path).includes('zwei'), keyBits === undefined)
    engine.dropBlock(stored)
  }
})

test('a received block of which the file was changed fails the task with the place', async () => {
  const engine = start()
  const context = new TestContext(engine)
  const stored = await engine.storeBlock(shared(text))
  writeFileSync(stored.path, text.replace('zwei', 'drei'))
  const block = { id: 'b', bytes: stored, records: 2, format: 'lines' } as const
  await assert.rejects(context.source({ kind: 'blocks', blocks: [block] }, 1).collect(), /was changed between bytes 0/)
})

test('an engine that is closed while received blocks are being written waits for them, and leaves no directory behind', async () => {
  const others = readdirSync(root)
  // Without threads there is nothing else to wait for.
  const engine = start(undefined, 0)
  const bytes = new Uint8Array(new SharedArrayBuffer(2 ** 24))
  let settled = 0
  for (let i = 0; i < 8; i++) void engine.storeBlock(bytes).finally(() => settled++)
  await engine.close()
  assert.deepEqual([settled, readdirSync(root)], [8, others])
})
