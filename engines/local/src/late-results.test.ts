import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dropLate } from './jobs/drop-late.ts'
import { ShuffleOutputs } from './shuffle/shuffle-outputs.ts'
import type { Storage } from './blocks/storage.ts'
import type { TaskSucceeded, ToWorker } from './workers/protocol.ts'
import type { WorkerSlot } from './workers/worker-slot.ts'

const directory = mkdtempSync(join(tmpdir(), 'dstream-late-'))
after(() => rmSync(directory, { recursive: true }))

test('what a task kept of a job that has ended is dropped on its worker, except what another job keeps there', () => {
  const posted: ToWorker[] = []
  const slot = { number: 1, post: (message: ToWorker) => posted.push(message) } as unknown as WorkerSlot
  const storage = { locate: (nodeId: number) => (nodeId === 8 ? { worker: 1 } : nodeId === 9 ? { worker: 0 } : undefined) } // prettier-ignore
  const kept = [7, 8, 9].map(nodeId => ({ nodeId, partition: 2, size: 10 }))
  const late = { kept, result: { kind: 'count', count: 1 } } as unknown as TaskSucceeded
  dropLate(late, slot, storage as unknown as Storage)
  assert.deepEqual(
    posted,
    [7, 9].map(nodeId => ({ type: 'drop', nodeId, partition: 2 })),
  )
})

test('a second output of a map task is handed back, for its files to be removed', () => {
  const outputs = new ShuffleOutputs()
  const range = (path: string) => ({ path, start: 0, length: 1, checksum: 0 })
  assert.deepEqual(outputs.add(1, 0, 1, [range('a')] as never), [])
  assert.deepEqual(outputs.add(1, 0, 1, [range('b')] as never), [range('b')])
})

test('a process that exits without closing its engines leaves no files of theirs', () => {
  const spill = join(directory, 'spill')
  mkdirSync(spill)
  const program = join(directory, 'program.mjs')
  const text = `
    import { readdirSync } from 'node:fs'
    import { TestContext } from ${JSON.stringify(import.meta.resolve('@dstream/core/engine-testing'))}
    import { LocalEngine } from ${JSON.stringify(import.meta.resolve('./local-engine.ts'))}
    const directory = ${JSON.stringify(spill)}
    const engine = new LocalEngine({ threads: 1, maxFailures: 1, maxWorkerDeaths: 4, recordErrors: 'fail', shuffleMemoryBytes: -1, directory })
    const context = new TestContext(engine)
    await context.parallelize([1, 2], 1).map(n => [n, n]).groupByKey(1).count()
    if (readdirSync(directory).length !== 1) process.exit(1)
    process.exit(3)
  `
  writeFileSync(program, text)
  const { status, stderr } = spawnSync(process.execPath, ['--conditions=source', program], { encoding: 'utf8' })
  assert.equal(status, 3, stderr)
  assert.deepEqual(readdirSync(spill), [])
})
