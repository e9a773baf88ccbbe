import assert from 'node:assert/strict'
import fs from 'node:fs'
import { capture } from '../../../closures/index.ts'
import type { RDD } from '../../../rdd/rdd.ts'
import { RDD as Rdd } from '../../../rdd/rdd.ts'
import type { StateUpdate } from '../../../rdd/plan/node.ts'
import type { State } from '../../../rdd/state/index.ts'
import { StorageLevel } from '../../../rdd/storage-level.ts'
import type { TestContext } from '../test-context.ts'
import { linesIn, sorted, type Facts } from './suite.ts'

type Counts = RDD<[string, number]>

/** The version that a batch makes of a state. */
function version(context: TestContext, batch: number, pairs: Counts, update: StateUpdate, before?: Counts): Counts {
  const spread = pairs.partitionBy(2).node
  const { node } = { node: context.newNode({
    kind: 'state', operator: 'updateStateByKey', numPartitions: 2, partitioner: spread.partitioner!, batchTimeMs: batch, update,
    parents: before === undefined ? [spread] : [spread, before.node],
    ...(before?.node.kind === 'state' ? { previousVersion: before.node.id } : {}),
  }) } // prettier-ignore
  return new Rdd(context, node)
}

const sum: StateUpdate = {
  mode: 'everyKey',
  f: capture((_: number, __: string, values: number[], state: number | undefined) => values.reduce((a, b) => a + b, state ?? 0), { operator: 'test', async: 'refused' }), // prettier-ignore
}
const running: StateUpdate = {
  mode: 'touchedKeys',
  f: capture((time: number, key: string, value: number, state: State<number>) => {
    state.update((state.getOption() ?? 0) + value)
    return [key, time, state.get()]
  }, { operator: 'test', async: 'refused' }), // prettier-ignore
}

const view = (context: TestContext, state: Counts, view: 'mapped' | 'timed'): RDD<unknown> =>
  new Rdd(
    context,
    context.newNode({ kind: 'stateView', operator: view, numPartitions: 2, parents: [state.node], view }),
  )

/** Keyed state: one version a batch. */
export const stateFacts: Facts = {
  'each version is the one before, changed by the pairs of its batch': async ({ context }) => {
    const first = version(context, 1, context.parallelize([['a', 1], ['b', 2], ['a', 3]]), sum) // prettier-ignore
    const second = version(context, 2, context.parallelize([['b', 5], ['c', 1]]), sum, first) // prettier-ignore
    assert.deepEqual(sorted(await second.collect()), [['a', 4], ['b', 7], ['c', 1]]) // prettier-ignore
    assert.equal(await second.count(), 3)
    assert.deepEqual(sorted(await first.collect()), [['a', 4], ['b', 2]]) // prettier-ignore
    assert.deepEqual(sorted(await second.map(([k, n]) => `${k}${n}`).collect()), ['a4', 'b7', 'c1'])
  },
  'a state may begin with pairs, or with what was saved of it': async ({ context }) => {
    const seed = context.parallelize<[string, number]>([['a', 10]]).partitionBy(2) // prettier-ignore
    const first = version(context, 1, context.parallelize([['a', 1]]), sum, seed) // prettier-ignore
    assert.deepEqual(await first.collect(), [['a', 11]]) // prettier-ignore
  },
  'a version that is persisted is made once, at every level': async ({ context, file }) => {
    for (const level of [StorageLevel.MEMORY_ONLY, StorageLevel.MEMORY_ONLY_SER, StorageLevel.MEMORY_AND_DISK]) {
      const log = file()
      const logged: StateUpdate = {
        mode: 'everyKey',
        f: capture((_: number, __: string, values: number[], state: number | undefined) => {
          fs.appendFileSync(log, 'x\n')
          return values.reduce((a, b) => a + b, state ?? 0)
        }, { operator: 'test', async: 'refused' }),
      } // prettier-ignore
      const first = version(context, 1, context.parallelize([['a', 1], ['b', 2]]), logged).persist(level) // prettier-ignore
      for (let i = 0; i < 3; i++) assert.deepEqual(sorted(await first.collect()), [['a', 1], ['b', 2]]) // prettier-ignore
      const second = version(context, 2, context.parallelize([['a', 1]]), logged, first).persist(level) // prettier-ignore
      assert.equal(await second.count(), 2)
      assert.deepEqual(sorted(await second.mapValues(n => n * 10).collect()), [['a', 20], ['b', 20]]) // prettier-ignore
      assert.equal(linesIn(log).length, 4, level.name)
    }
  },
  'what the function of touched keys returns is mapped, its keys are the state': async ({ context }) => {
    const first = version(context, 1, context.parallelize([['a', 1], ['b', 2], ['a', 3]]), running) // prettier-ignore
    const second = version(context, 2, context.parallelize([['a', 1]]), running, first) // prettier-ignore
    assert.deepEqual(await view(context, second, 'mapped').collect(), [['a', 2, 5]]) // prettier-ignore
    assert.deepEqual(sorted(await view(context, second, 'timed').collect()), [['a', 5, 2], ['b', 2, 1]]) // prettier-ignore
    assert.deepEqual(sorted(await view(context, first, 'mapped').collect()), [['a', 1, 1], ['a', 1, 4], ['b', 1, 2]]) // prettier-ignore
  },
  'a version is computed once, however many jobs look at it': async ({ context, file }) => {
    const log = file()
    const f = capture((_: number, __: string, values: number[]) => (fs.appendFileSync(log, 'x\n'), values.length), { operator: 'test', async: 'refused' }) // prettier-ignore
    const first = version(context, 1, context.parallelize([['a', 1], ['b', 1]]), { mode: 'everyKey', f }) // prettier-ignore
    await first.collect()
    await first.count()
    const second = version(context, 2, context.parallelize([['c', 1]]), { mode: 'everyKey', f }, first) // prettier-ignore
    await second.collect()
    assert.equal(linesIn(log).length, 2 + 3)
  },
  'a function that throws leaves the state before it as it was': async ({ context }) => {
    const first = version(context, 1, context.parallelize([['a', 1], ['b', 1]]), running) // prettier-ignore
    assert.equal(await first.count(), 2)
    const f = capture((_: number, key: string, value: number, state: State<number>) => {
      if (key === 'b') throw new Error('no b')
      state.update(value * 100)
    }, { operator: 'test', async: 'refused' }) // prettier-ignore
    const failing = version(context, 2, context.parallelize([['a', 1], ['b', 1]], 1), { mode: 'touchedKeys', f }, first) // prettier-ignore
    await assert.rejects(failing.collect(), { code: 'JOB_FAILED' })
    const third = version(context, 3, context.parallelize([['a', 1], ['b', 1]]), running, first) // prettier-ignore
    assert.deepEqual(sorted(await third.collect()), [['a', 2], ['b', 2]]) // prettier-ignore
  },
  'a version that is released is made again from the ones before': async ({ context }) => {
    const first = version(context, 1, context.parallelize([['a', 1]]), sum) // prettier-ignore
    const second = version(context, 2, context.parallelize([['a', 2]]), sum, first) // prettier-ignore
    const third = version(context, 3, context.parallelize([['a', 3]]), sum, second) // prettier-ignore
    assert.deepEqual(await third.collect(), [['a', 6]]) // prettier-ignore
    context.engine.release([first.node.id, second.node.id, third.node.id])
    assert.deepEqual(await third.collect(), [['a', 6]]) // prettier-ignore
  },
}
