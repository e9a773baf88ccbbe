import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { capture, TestContext } from '@dstream/core/engine-testing'
import { LocalEngine } from './local-engine.ts'

const engine = new LocalEngine({
  threads: 1,
  maxFailures: 1,
  maxWorkerDeaths: 4,
  recordErrors: 'fail',
  shuffleMemoryBytes: 2 ** 28,
})
after(() => engine.close())
const context = new TestContext(engine)

const isIn = (operator: string) => (error: unknown) => (assert.equal((error as { operator: string }).operator, operator), true) // prettier-ignore

test('what has no stack is told to be of the operator whose function threw it', async () => {
  const numbers = context.parallelize([1, 2, 3], 1)
  const second = numbers.map(n => n + 1).filter(n => {
    if (n === 3) throw 'text' // oxlint-disable-line no-throw-literal
    return true
  }) // prettier-ignore
  await assert.rejects(second.collect(), isIn('filter'))
  await assert.rejects(second.map(n => n).foreach(() => {}), isIn('filter')) // prettier-ignore
  const action = numbers.map(n => n).foreachPartition(() => {
    throw 'text' // oxlint-disable-line no-throw-literal
  }) // prettier-ignore
  await assert.rejects(action, isIn('foreachPartition'))
  const later = numbers.map(n => n).foreachPartition(async () => {
    await Promise.resolve()
    throw 'text' // oxlint-disable-line no-throw-literal
  }) // prettier-ignore
  await assert.rejects(later, isIn('foreachPartition'))
})

test('an error of the function of an action is not told to be of the step before it', async () => {
  const action = context.parallelize([1], 1).map(n => n).foreachPartition(() => {
    throw new Error('of the action')
  }) // prettier-ignore
  await assert.rejects(action, isIn('foreachPartition'))
})

test('zip of unequal partitions fails in zip, wherever its records are asked for', async () => {
  const unequal = context.partitions([[1, 2, 3]]).zip(context.partitions([[1, 2]]))
  await assert.rejects(unequal.collect(), isIn('zip'))
  await assert.rejects(unequal.map(pair => pair).count(), isIn('zip'))
})

test('a reader that fails on the way fails as itself, whether it is a generator, an async one or a promise', async () => {
  const reading = (read: (...args: never[]) => unknown) =>
    context.source<number>(
      { kind: 'reader', read: capture(read, { operator: 'custom', async: 'allowed' }), splits: [0] } as never,
      1,
    )
  const readers = [
    function* () {
      yield 1
      throw 'text' // oxlint-disable-line no-throw-literal
    },
    async function* () {
      yield 1
      throw 'text' // oxlint-disable-line no-throw-literal
    },
    async () => {
      await Promise.resolve()
      throw 'text' // oxlint-disable-line no-throw-literal
    },
  ]
  for (const read of readers) await assert.rejects(reading(read).map(n => n).collect(), isIn('parallelize')) // prettier-ignore
})
