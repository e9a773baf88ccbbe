import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startCountStore } from './count-store.ts'
import { startExample } from './example-process.ts'

test(
  'ExactlyOnceTotals adds each file once, though it is killed as soon as the store has something',
  { timeout: 60_000 },
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'exactly-once-'))
    const [input, checkpoint] = [join(root, 'in'), join(root, 'checkpoint')]
    await mkdir(input)
    const store = await startCountStore()
    const start = () => startExample('exactly-once-totals.ts', [input, checkpoint, 'localhost', store.port])
    const put = async (name: string, text: string): Promise<void> => {
      await writeFile(join(root, name), text)
      await rename(join(root, name), join(input, name))
    }
    const sum = (): number => [...store.totals.values()].reduce((a, b) => a + b, 0)
    let example = start()
    try {
      await put('first', 'a b c d e f g h\n'.repeat(3))
      // One partition of two may be in the store, the other not, and the batch has not ended.
      await store.until(() => sum() > 0)
      await example.stop('SIGKILL')
      example = start()
      await put('second', 'a b c d e f g h\n')
      await store.until(() => sum() >= 32)
      assert.deepEqual(Object.fromEntries(store.totals), { a: 4, b: 4, c: 4, d: 4, e: 4, f: 4, g: 4, h: 4 })
    } finally {
      await example.stop()
      await store.close()
      await rm(root, { recursive: true })
    }
  },
)
