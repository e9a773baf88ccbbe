import assert from 'node:assert/strict'
import fs from 'node:fs'
import { capture } from '../../../closures/index.ts'
import { StorageLevel } from '../../../rdd/storage-level.ts'
import { RDD } from '../../../rdd/rdd.ts'
import type { TestContext } from '../test-context.ts'
import { linesIn, type Facts } from './suite.ts'

/** A kept dataset whose content shows when it is computed a second time: each record holds how often one has been made. */
async function countedNumbers(context: TestContext, partitions: number, log: string): Promise<RDD<number>> {
  const numbers = Array.from({ length: partitions }, (_, i) => i)
  const kept = context.parallelize(numbers, partitions).map(n => {
    fs.appendFileSync(log, 'x\n')
    return n + linesIn(log).length / 1000
  }).persist(StorageLevel.MEMORY_AND_DISK) // prettier-ignore
  await kept.count()
  return kept
}

/** What is kept has one content, at whatever partition index and together with whatever else it is read. */
export const keptOnceFacts: Facts = {
  'a kept partition is computed once, whoever reads it and at which index': async ({ context, file }) => {
    const log = file()
    const kept = await countedNumbers(context, 3, log)
    const values = await kept.collect()
    assert.deepEqual(await kept.union(kept).collect(), [...values, ...values])
    assert.deepEqual(await context.parallelize([0], 1).union(kept).collect(), [0, ...values])
    assert.deepEqual(await kept.coalesce(1).collect(), values)
    assert.deepEqual((await kept.cartesian(kept).collect()).length, 9)
    assert.deepEqual(await kept.coalesce(1).zip(kept.union(kept).coalesce(1).mapPartitions(all => [...all].slice(0, 3))).collect(), values.map(v => [v, v])) // prettier-ignore
    assert.equal(linesIn(log).length, 3)
  },
  'a version of state is made once, at whichever index it is read': async ({ context, file }) => {
    const log = file()
    const f = capture((_: number, __: string, values: number[], state: number | undefined) => {
      fs.appendFileSync(log, 'x\n')
      return values.reduce((a, b) => a + b, state ?? 0)
    }, { operator: 'test', async: 'refused' }) // prettier-ignore
    const update = { mode: 'everyKey', f } as const
    let before: RDD<[string, number]> | undefined
    for (let batch = 1; batch <= 12; batch++) {
      const pairs = context.parallelize<[string, number]>([['a', 1], ['b', 1], ['c', 1]]).partitionBy(2).node // prettier-ignore
      const parents = before === undefined ? [pairs] : [pairs, before.node]
      const node = context.newNode({ kind: 'state', operator: 'test', numPartitions: 2, partitioner: pairs.partitioner!, batchTimeMs: batch, update, parents, ...(before && { previousVersion: before.node.id }) }) // prettier-ignore
      const state = new RDD<[string, number]>(context, node)
      await state.count()
      const seen = await context.parallelize<[string, number]>([['x', 0]], 1).union(state).collect() // prettier-ignore
      assert.deepEqual(new Map(seen), new Map([['x', 0], ['a', batch], ['b', batch], ['c', batch]])) // prettier-ignore
      assert.equal((await state.coalesce(1).collect()).length, 3)
      before = state
    }
    assert.equal(linesIn(log).length, 3 * 12)
  },
}
