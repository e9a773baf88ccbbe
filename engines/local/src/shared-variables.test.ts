import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { LongAccumulator } from '@dstream/core'
import type { LongRunningContext, NarrowNode } from '@dstream/core/engine'
import { TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const directory = mkdtempSync(join(tmpdir(), 'dstream-shared-'))
const engine = new LocalEngine({
  threads: 2,
  maxFailures: 1,
  maxWorkerDeaths: 4,
  recordErrors: 'fail',
  shuffleMemoryBytes: 2 ** 28,
  directory,
})
const context = new TestContext(engine)
after(async () => {
  await engine.close()
  rmSync(directory, { recursive: true })
})

test('a worker that dies takes along what its task had added, and the one after it reads the broadcast values', async () => {
  const died = join(directory, 'died')
  const table = context.shared.broadcast(new Map([[1, 'one']])) // prettier-ignore
  const adds = context.shared.register(new LongAccumulator())
  const words = context.parallelize([1, 2, 3, 4], 2).map(n => {
    adds.add(1)
    if (n === 2 && !existsSync(died)) {
      appendFileSync(died, 'x')
      process.exit(1)
    }
    return table.value.get(n) ?? 'many'
  })
  assert.deepEqual(await words.collect(), ['one', 'many', 'many', 'many'])
  assert.equal(adds.value, 4)
})

test('a long-running task reads the broadcast values that there were when it began', async () => {
  const greeting = context.shared.broadcast('hello')
  // The way to a captured function that a test of an engine has: through an operator.
  const send = (task: LongRunningContext): void => task.send({ kind: 'data', data: greeting.value })
  const { step } = context.parallelize([1], 1).mapPartitions(send as never).node as NarrowNode
  const sent = await new Promise<unknown>((resolve, reject) => {
    engine.launch({
      name: 'reader',
      f: step.f,
      onMessage: message => resolve(message.kind === 'data' ? message.data : undefined),
      onEnd: error => error !== undefined && reject(error as Error),
    })
  })
  assert.equal(sent, 'hello')
})

test('a broadcast value crosses to the workers once, however many tasks read it', async () => {
  const big = context.shared.broadcast('x'.repeat(2 ** 20))
  const lengths = context.parallelize(Array.from({ length: 40 }, (_, i) => i), 40).map(() => big.value.length) // prettier-ignore
  const { steps } = JSON.parse(JSON.stringify({ steps: lengths.node })) as { steps: unknown }
  assert.ok(JSON.stringify(steps).length < 20_000, 'the plan carries its number only')
  assert.equal(await lengths.sum(), 40 * 2 ** 20)
})
