import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { capture, TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const directory = mkdtempSync(join(tmpdir(), 'dstream-beside-'))
const engines: LocalEngine[] = []
after(async () => {
  await Promise.all(engines.map(engine => engine.close()))
  rmSync(directory, { recursive: true })
})

/** An engine of one worker. */
function start(): TestContext {
  const engine = new LocalEngine({
    ...{ threads: 1, maxFailures: 1, maxWorkerDeaths: 4, recordErrors: 'fail', shuffleMemoryBytes: 2 ** 28 },
    directory,
  })
  engines.push(engine)
  return new TestContext(engine)
}

/** A job whose task takes no slot, and ends once the file is there. */
async function waitFor(context: TestContext, file: string): Promise<unknown> {
  const wait = async (records: Iterable<number>): Promise<number> => {
    while (!existsSync(file)) await new Promise(resolve => setImmediate(resolve))
    return [...records].length
  }
  const f = capture(wait as never, { operator: 'wait', async: 'allowed' })
  let result: unknown
  const action = { kind: 'run', f, async: true, beside: true } as const
  await context.act('wait', jobs =>
    jobs.run(context.parallelize([1, 2], 1).node, action, [0], (_, value) => (result = value)),
  )
  return result
}

test('while a task beside waits, its worker runs others', async () => {
  const context = start()
  const file = join(directory, 'first')
  const waiting = waitFor(context, file)
  assert.deepEqual(await context.parallelize([1, 2, 3], 3).map(n => n * 2).collect(), [2, 4, 6]) // prettier-ignore
  writeFileSync(file, '')
  assert.equal(await waiting, 2)
})

test('a worker that dies takes the task beside with it, and both are run again', async () => {
  const context = start()
  const [died, file] = [join(directory, 'died'), join(directory, 'second')]
  const waiting = waitFor(context, file)
  await context.parallelize([1], 1).foreach(() => {
    if (existsSync(died)) return writeFileSync(file, '')
    writeFileSync(died, '')
    process.exit(1)
  })
  assert.equal(await waiting, 2)
})
